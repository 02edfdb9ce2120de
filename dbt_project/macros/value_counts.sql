{#- For each metric: whether its unit values can be computed with. Ibis writes the text. -#}
{% macro value_counts() %}

    {%- set units = ref('int_experiment_unit_measures') -%}
    {%- if execute -%}
        {{ modules.abstats.value_counts(
            abstats.settings(),
            graph,
            adapter.type(),
            {'sql': units | string, 'types': {}}
        ) }}
    {%- endif -%}

{% endmacro %}
