{#- Caps and standard deviations that are not frozen yet and can be had. Ibis writes the text. -#}
{% macro frozen_scales() %}

    {%- set relations = {
        'exposures': abstats.described_relation(ref('int_experiment_exposures_first')),
        'dates': abstats.described_relation(ref('int_experiment_analysis_dates')),
        'facts': abstats.fact_relations(),
        'stored': this | string if is_incremental() else none,
    } -%}
    {%- if execute -%}
        {{ modules.abstats.frozen_scales(
            abstats.settings(), graph, adapter.type(), relations
        ) }}
    {%- endif -%}

{% endmacro %}
