{#- What every unit did after its exposure until now. abstats and Ibis write the text. -#}
{% macro unit_totals() %}

    {%- set relations = {
        'unit_days': abstats.described_relation(ref('int_experiment_unit_days')),
        'stored': abstats.stored_table(),
    } -%}
    {%- if execute -%}
        {{ modules.abstats.unit_totals(abstats.settings(), graph, adapter.type(), relations) }}
    {%- endif -%}

{% endmacro %}
