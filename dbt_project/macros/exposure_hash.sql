{#- Hash of everything that results know of an exposure. -#}
{% macro exposure_hash() %}

    {%- set columns = ['unit_id', 'variant_id', 'exposed_at', 'first_seen_at', 'stratum'] -%}
    {%- for segment in abstats.segments() -%}
        {%- do columns.append(abstats.segment_column(segment)) -%}
    {%- endfor -%}
    {%- for attribute in abstats.attributes() -%}
        {%- do columns.append(abstats.attribute_column(attribute)) -%}
    {%- endfor -%}
    {{ return(modules.abstats.row_hash(adapter.type(), columns) if execute else 'null') }}

{% endmacro %}
