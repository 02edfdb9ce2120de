{#- The last event of every fact, to be appended to a select of the same column. -#}
{% macro fact_watermarks() %}

    {%- set relations = {} -%}
    {%- for fact in var('facts') or [] -%}
        {%- do relations.update({fact: ref(fact)}) -%}
    {%- endfor -%}

    {%- if execute -%}
        {%- set columns = modules.abstats.time_columns(abstats.settings(), graph) -%}
        {%- for fact, relation in relations.items() if fact in columns -%}
            {%- set described = abstats.described_relation(relation) %}
    union all
    select max({{ modules.abstats.utc_timestamp(described, columns[fact]) }}) as last_at
    from {{ relation }}
        {%- endfor -%}
    {%- endif -%}

{% endmacro %}
