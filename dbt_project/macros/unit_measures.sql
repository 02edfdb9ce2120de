{#- One row per experiment and exposed unit, with every metric's columns. Ibis writes the text. -#}
{% macro unit_measures() %}

    {%- set exposures = ref('int_experiment_exposures_first') -%}
    {%- set dates = ref('int_experiment_analysis_dates') -%}
    {%- set facts = {} -%}
    {%- for fact in abstats.facts() -%}
        {%- do facts.update({fact: ref(fact)}) -%}
    {%- endfor -%}

    {%- if execute -%}
        {%- set described = {} -%}
        {%- for name, relation in facts.items() -%}
            {%- do described.update({name: abstats.described_relation(relation)}) -%}
        {%- endfor -%}
        {{ modules.abstats.unit_measures(
            abstats.settings(),
            graph,
            adapter.type(),
            {
                'exposures': abstats.described_relation(exposures),
                'dates': abstats.described_relation(dates),
                'facts': described,
            }
        ) }}
    {%- endif -%}

{% endmacro %}
