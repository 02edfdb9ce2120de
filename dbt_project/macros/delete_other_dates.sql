{#- Takes away the dates that are no longer analysed: of exposures or experiments that are gone. -#}
{% macro delete_other_dates() %}
    {{ return(adapter.dispatch('delete_other_dates', 'abstats')()) }}
{% endmacro %}


{% macro default__delete_other_dates() %}

    delete from {{ this }}
    where not exists (
        select 1
        from (select * from {{ ref('int_experiment_timeline') }}) as timeline
        where
            timeline.experiment_id = {{ this.identifier }}.experiment_id
            and timeline.analysis_date = {{ this.identifier }}.analysis_date
    )

{% endmacro %}


{#- Spark deletes no rows of such tables; a date of an experiment is a partition. -#}
{% macro spark__delete_other_dates() %}

    {%- set timeline = ref('int_experiment_timeline') -%}
    {%- if execute -%}
        {%- set others -%}
            select distinct experiment_id, analysis_date
            from {{ this }}
            left anti join {{ timeline }} using (experiment_id, analysis_date)
        {%- endset -%}
        {%- set partitions = [] -%}
        {%- for row in run_query(others).rows -%}
            {%- do partitions.append(
                'partition (experiment_id = ' ~ dbt.string_literal(row[0])
                ~ ", analysis_date = date '" ~ row[1] ~ "')"
            ) -%}
        {%- endfor -%}
        {%- if partitions -%}
            alter table {{ this }} drop if exists {{ partitions | join(', ') }}
        {%- endif -%}
    {%- endif -%}

{% endmacro %}
