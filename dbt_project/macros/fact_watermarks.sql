{#- The last event of every fact that metrics use; without such facts a select of no rows. -#}
{% macro fact_watermarks() %}

    {%- set relations = {} -%}
    {%- for fact in abstats.facts() -%}
        {%- do relations.update({fact: ref(fact)}) -%}
    {%- endfor -%}

    {%- set selects = [] -%}
    {%- if execute -%}
        {%- set columns = modules.abstats.time_columns(abstats.settings(), graph) -%}
        {%- for fact, relation in relations.items() if fact in columns -%}
            {%- set described = abstats.described_relation(relation) -%}
            {%- set last_at = 'max(' ~ modules.abstats.utc_timestamp(
                described, columns[fact], adapter.type()
            ) ~ ')' -%}
            {%- do selects.append(abstats.fact_watermark(
                dbt.string_literal(fact), last_at, 'from ' ~ relation
            )) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(
        selects | join('\nunion all\n')
        or abstats.fact_watermark('null', 'null', 'where 1 = 0')
    ) }}

{% endmacro %}


{#- One row of `fact_watermarks` in its types. -#}
{% macro fact_watermark(fact, last_at, source) %}

    {%- set typed_fact = 'cast(' ~ fact ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- set typed_last_at = 'cast(' ~ last_at ~ ' as ' ~ dbt.type_timestamp() ~ ')' -%}
    {{ return(
        'select ' ~ typed_fact ~ ' as fact, ' ~ typed_last_at ~ ' as last_at ' ~ source
    ) }}

{% endmacro %}
