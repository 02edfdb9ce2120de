{#- One row per fact and day, with the fingerprint of its events. -#}
{% macro fact_days() %}

    {%- set facts = abstats.fact_relations() -%}
    {%- if execute -%}
        {{ modules.abstats.fact_days(abstats.settings(), graph, adapter.type(), facts) }}
    {%- endif -%}

{% endmacro %}
