{#-
    The `grants` of a public table: the roles of the var `readers` may select, again after every
    build that replaces the table. Without the var grants are left as they are.
-#}
{% macro grants_to_readers() %}

    {%- set readers = var('readers') or [] -%}
    {{ return(adapter.dispatch('grants_to', 'abstats')(
        [readers] if readers is string else readers
    )) }}

{% endmacro %}


{% macro default__grants_to(roles) %}
    {{ return({'select': roles} if roles else {}) }}
{% endmacro %}


{#- It has no roles. -#}
{% macro duckdb__grants_to(roles) %}
    {{ return({}) }}
{% endmacro %}


{#- A session has none either: what its files may be read by is the file system's to say. -#}
{% macro spark__grants_to(roles) %}
    {{ return({}) }}
{% endmacro %}


{% macro databricks__grants_to(roles) %}
    {{ return(abstats.default__grants_to(roles)) }}
{% endmacro %}
