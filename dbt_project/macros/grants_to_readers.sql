{#-
    The `grants` of a public table: the roles of the var `readers` may select, again after every
    build that replaces the table. Without the var grants are left as they are.
-#}
{% macro grants_to_readers() %}

    {%- set readers = var('readers') or [] -%}
    {{ return({'select': [readers] if readers is string else readers} if readers else {}) }}

{% endmacro %}
