{#- Declared values of one dimension (`experiments`, `variants`, `metrics`) as a select. -#}
{% macro declared_rows(table) %}

    {%- if execute -%}
        {{ modules.abstats.declared_rows(
            abstats.settings(), graph, adapter.type(), table
        ) }}
    {%- endif -%}

{% endmacro %}
