{#- The fewest units of an arm whose numbers the public tables show; checked after parsing. -#}
{% macro minimum_cell_size() %}

    {{ return(var('minimum_cell_size') | int) }}

{% endmacro %}
