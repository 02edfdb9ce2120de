{#-
    This table as the last build left it, for a model that is made from itself; none where there is
    none, or everything is to be computed anew. dbt writes the new table beside it and swaps them.
-#}
{% macro stored_table() %}
    {{ return(adapter.dispatch('stored_table', 'abstats')()) }}
{% endmacro %}


{% macro default__stored_table() %}

    {%- set stored = load_relation(this) if execute and not should_full_refresh() else none -%}
    {%- if stored is none or not stored.is_table -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(abstats.described_relation(stored)) }}

{% endmacro %}


{#- dbt drops a table before it makes the new one. -#}
{% macro spark__stored_table() %}
    {{ return(none) }}
{% endmacro %}
