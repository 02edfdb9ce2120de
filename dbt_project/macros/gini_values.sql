{#- Gini coefficients of blocks of units, whole and without each group. abstats writes the text. -#}
{% macro gini_values() %}

    {%- set relations = {
        'exposures': abstats.described_relation(ref('int_experiment_exposures_first')),
        'dates': abstats.described_relation(ref('int_experiment_analysis_dates')),
        'facts': abstats.fact_relations(),
        'units': ref('int_experiment_unit_measures') | string,
    } -%}
    {%- if execute -%}
        {{ modules.abstats.gini_values(abstats.settings(), graph, adapter.type(), relations) }}
    {%- endif -%}

{% endmacro %}
