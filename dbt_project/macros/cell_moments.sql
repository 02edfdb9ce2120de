{#- One row per cell and pair of its columns. Ibis writes the text. -#}
{% macro cell_moments() %}

    {%- set units = ref('int_experiment_unit_measures') -%}
    {%- set dates = ref('int_experiment_analysis_dates') -%}

    {%- if execute -%}
        {{ modules.abstats.cell_moments(
            abstats.settings(),
            graph,
            adapter.type(),
            {
                'units': {'sql': units | string, 'types': {}},
                'dates': {'sql': dates | string, 'types': {}},
            }
        ) }}
    {%- endif -%}

{% endmacro %}
