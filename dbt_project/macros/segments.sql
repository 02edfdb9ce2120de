{#- Names of the segments that any experiment declares. -#}
{% macro segments() %}

    {{ return(modules.abstats.declared_segments(abstats.settings()) if execute else []) }}

{% endmacro %}


{#- The column that holds a segment's value in our tables. -#}
{% macro segment_column(segment) %}

    {{ return(adapter.quote('segment__' ~ segment)) }}

{% endmacro %}


{#- The segments' columns to append to a list of columns, each after a comma. -#}
{% macro and_segment_columns(relation=none) %}

    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- set columns = [] -%}
    {%- for segment in abstats.segments() -%}
        {%- do columns.append(', ' ~ prefix ~ abstats.segment_column(segment)) -%}
    {%- endfor -%}
    {{ return(columns | join('')) }}

{% endmacro %}
