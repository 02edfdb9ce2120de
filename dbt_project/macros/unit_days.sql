{#- The stale partitions of what units did after their exposure. Ibis writes the text. -#}
{% macro unit_days() %}

    {%- set sources = abstats.partition_sources() -%}
    {%- if execute -%}
        {{ modules.abstats.unit_days(abstats.settings(), graph, adapter.type(), sources) }}
    {%- endif -%}

{% endmacro %}


{#- The stale partitions of what units did before their exposure. Ibis writes the text. -#}
{% macro unit_histories() %}

    {%- set sources = abstats.partition_sources() -%}
    {%- if execute -%}
        {{ modules.abstats.unit_histories(abstats.settings(), graph, adapter.type(), sources) }}
    {%- endif -%}

{% endmacro %}


{#- What partitions are computed from, and the table itself where there is one. -#}
{% macro partition_sources() %}

    {{ return({
        'exposures': abstats.described_relation(ref('int_experiment_exposures_first')),
        'dates': abstats.described_relation(ref('int_experiment_analysis_dates')),
        'facts': abstats.fact_relations(),
        'fact_days': ref('int_fact_days') | string,
        'exposure_days': ref('int_experiment_exposure_days') | string,
        'grids': {'sql': ref('int_experiment_quantile_grids') | string, 'types': {}},
        'stored': this | string if is_incremental() else none,
        'kept': abstats.kept_columns(),
    }) }}

{% endmacro %}
