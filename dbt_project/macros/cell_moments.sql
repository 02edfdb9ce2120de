{#-
    One row per analysis date, cell and pair of its columns. Ibis writes the text. A relation gets its
    alias outside of a subquery: of `--empty`, dbt renders one that has an alias already.
-#}
{% macro cell_moments() %}

    {%- set units = ref('int_experiment_unit_measures') -%}
    {%- set timeline = ref('int_experiment_timeline') -%}
    {%- set wanted = 'select * from ' ~ timeline -%}
    {%- if is_incremental() -%}
        {%- set wanted -%}
            select timeline.*
            from (select * from {{ timeline }}) as timeline
            left join (
                select distinct experiment_id, analysis_date, inputs_hash from {{ this }}
            ) as stored
                on timeline.experiment_id = stored.experiment_id
                and timeline.analysis_date = stored.analysis_date
                and timeline.inputs_hash = stored.inputs_hash
            where stored.experiment_id is null
        {%- endset -%}
    {%- endif -%}

    {%- set latest -%}
        select units.*
        from (select * from {{ units }}) as units
        inner join wanted_dates as wanted
            on
                units.experiment_id = wanted.experiment_id
                and units.analysis_date = wanted.analysis_date
    {%- endset -%}
    {%- set relations = {
        'units': latest,
        'wanted': wanted,
        'log': abstats.described_relation(ref(var('experiment_exposures'))),
    } -%}
    {%- if abstats.has_timeline() -%}
        {%- set earlier -%}
            select wanted.experiment_id, wanted.analysis_date
            from wanted_dates as wanted
            inner join (select * from {{ ref('int_experiment_analysis_dates') }}) as dates
                on wanted.experiment_id = dates.experiment_id
            where wanted.analysis_date < dates.analysis_date
        {%- endset -%}
        {%- do relations.update(abstats.stored_states()) -%}
        {%- do relations.update({'earlier': earlier}) -%}
    {%- endif -%}

    {%- if execute -%}
        {{ modules.abstats.cell_moments(
            abstats.settings(), graph, adapter.type(), relations
        ) }}
    {%- endif -%}

{% endmacro %}
