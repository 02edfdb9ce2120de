{#- Names of the unit attributes that any metric declares as a covariate. -#}
{% macro attributes() %}

    {{ return(modules.abstats.declared_attributes(abstats.settings(), graph) if execute else []) }}

{% endmacro %}


{#- The column that holds an attribute's value in our tables. -#}
{% macro attribute_column(attribute) %}

    {{ return(adapter.quote('attribute__' ~ attribute)) }}

{% endmacro %}


{#- The attributes' columns to append to a list of columns, each after a comma. -#}
{% macro and_attribute_columns(relation=none) %}

    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- set columns = [] -%}
    {%- for attribute in abstats.attributes() -%}
        {%- do columns.append(', ' ~ prefix ~ abstats.attribute_column(attribute)) -%}
    {%- endfor -%}
    {{ return(columns | join('')) }}

{% endmacro %}
