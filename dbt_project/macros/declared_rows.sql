{#- Declared values of one dimension (`experiments`, `variants`, `metrics`) as a select. -#}
{% macro declared_rows(table) %}

    {%- if execute -%}
        {{ modules.abstats.declared_rows(
            table, adapter.type(), graph, **abstats.settings()
        ) }}
    {%- endif -%}

{% endmacro %}
