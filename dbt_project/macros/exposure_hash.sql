{#- Hash of everything that results know of an exposure. -#}
{% macro exposure_hash() %}

    {%- set columns = ['unit_id', 'variant_id', 'exposed_at', 'first_seen_at', 'stratum']
        + abstats.unit_columns() -%}
    {{ return(modules.abstats.row_hash(adapter.type(), columns) if execute else 'null') }}

{% endmacro %}
