{#- The grids of quantiles that are not frozen yet. Ibis and abstats write the text. -#}
{% macro quantile_grids() %}

    {%- set relations = {
        'exposures': abstats.described_relation(ref('int_experiment_exposures_first')),
        'dates': abstats.described_relation(ref('int_experiment_analysis_dates')),
        'facts': abstats.fact_relations(),
    } -%}
    {%- if execute -%}
        {%- set frozen = [] -%}
        {%- if is_incremental() -%}
            {%- set stored -%}
                select distinct experiment_id, metric_name, definition_hash
                from {{ this }}
                where is_frozen
            {%- endset -%}
            {%- for row in run_query(stored).rows -%}
                {%- do frozen.append([row[0], row[1], row[2]]) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do relations.update({'frozen': frozen}) -%}
        {{ modules.abstats.quantile_grids(
            abstats.settings(), graph, adapter.type(), relations
        ) }}
    {%- endif -%}

{% endmacro %}
