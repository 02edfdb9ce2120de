{#- The facts by name, each as dbt renders it and with its columns' types. -#}
{% macro fact_relations() %}

    {%- set facts = {} -%}
    {%- for fact in abstats.facts() -%}
        {%- set relation = ref(fact) -%}
        {%- if execute -%}
            {%- do facts.update({fact: abstats.described_relation(relation)}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(facts) }}

{% endmacro %}
