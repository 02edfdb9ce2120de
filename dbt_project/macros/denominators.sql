{#- For each ratio metric: units measured, and how many have a positive denominator. -#}
{% macro denominators() %}

    {%- set units = ref('int_experiment_unit_measures') -%}
    {%- if execute -%}
        {{ modules.abstats.denominators(
            adapter.type(),
            graph,
            {'sql': units | string, 'types': {}},
            **abstats.settings()
        ) }}
    {%- endif -%}

{% endmacro %}
