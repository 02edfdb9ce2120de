{#- The columns of segments and attributes that a unit takes from its first exposure. -#}
{% macro unit_columns() %}

    {%- set columns = [] -%}
    {%- for segment in abstats.segments() -%}
        {%- do columns.append(abstats.segment_column(segment)) -%}
    {%- endfor -%}
    {%- for attribute in abstats.attributes() -%}
        {%- do columns.append(abstats.attribute_column(attribute)) -%}
    {%- endfor -%}
    {{ return(columns) }}

{% endmacro %}


{#- These columns after a comma each, to append to a list. -#}
{% macro and_unit_columns(relation=none) %}

    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- set columns = [] -%}
    {%- for column in abstats.unit_columns() -%}
        {%- do columns.append(', ' ~ prefix ~ column) -%}
    {%- endfor -%}
    {{ return(columns | join('')) }}

{% endmacro %}


{#- The smallest value of each, to append to a list. -#}
{% macro and_smallest_unit_columns() %}

    {%- set columns = [] -%}
    {%- for column in abstats.unit_columns() -%}
        {%- do columns.append(', min(' ~ column ~ ') as ' ~ column) -%}
    {%- endfor -%}
    {{ return(columns | join('')) }}

{% endmacro %}


{#- Whether each has one value in all rows of a group, NULL being one, to append to a condition. -#}
{% macro and_unit_columns_are_constant() %}

    {%- set conditions = [] -%}
    {%- for column in abstats.unit_columns() -%}
        {%- do conditions.append(
            ' and (count(' ~ column ~ ') = 0 or (count(' ~ column ~ ') = count(*) and min('
            ~ column ~ ') = max(' ~ column ~ ')))'
        ) -%}
    {%- endfor -%}
    {{ return(conditions | join('')) }}

{% endmacro %}
