{#- Names of the segments that any experiment declares. -#}
{% macro segments() %}

    {{ return(modules.abstats.declared_segments(abstats.settings()) if execute else []) }}

{% endmacro %}


{#- The column that holds a segment's value in our tables. -#}
{% macro segment_column(segment) %}

    {{ return(adapter.quote('segment__' ~ segment)) }}

{% endmacro %}
