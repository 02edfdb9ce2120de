{#- What abstats has to know of a relation: how it is rendered and its columns' types. -#}
{% macro described_relation(relation) %}

    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do types.update({column.name | lower: column.data_type | lower}) -%}
    {%- endfor -%}
    {{ return({
        'sql': relation | string,
        'types': types,
        'time_zone': var('time_zone'),
    }) }}

{% endmacro %}
