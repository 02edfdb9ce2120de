{#- For each ratio metric: units with values, and units with a positive denominator. -#}
{% macro denominators() %}

    {%- set units = ref('int_experiment_unit_measures') -%}
    {%- if execute -%}
        {{ modules.abstats.denominators(
            abstats.settings(),
            graph,
            adapter.type(),
            {'sql': units | string, 'types': {}}
        ) }}
    {%- endif -%}

{% endmacro %}
