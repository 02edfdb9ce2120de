{#- One row per experiment and exposed unit, with every metric's columns. Ibis writes the text. -#}
{% macro unit_measures() %}

    {%- if abstats.has_timeline() -%}
        {%- set states = abstats.stored_states() -%}
        {%- if execute -%}
            {{ modules.abstats.latest_measures(
                abstats.settings(), graph, adapter.type(), states
            ) }}
        {%- endif -%}
    {%- else -%}
        {%- set relations = {
            'exposures': abstats.described_relation(ref('int_experiment_exposures_first')),
            'dates': abstats.described_relation(ref('int_experiment_analysis_dates')),
            'facts': abstats.fact_relations(),
            'scales': {'sql': ref('int_experiment_frozen_scales') | string, 'types': {}},
            'grids': {'sql': ref('int_experiment_quantile_grids') | string, 'types': {}},
        } -%}
        {%- if execute -%}
            {{ modules.abstats.unit_measures(
                abstats.settings(), graph, adapter.type(), relations
            ) }}
        {%- endif -%}
    {%- endif -%}

{% endmacro %}


{#- The units and their states: by day, until now and before their exposure. -#}
{% macro stored_states() %}

    {{ return({
        'exposures': abstats.described_relation(ref('int_experiment_exposures_first')),
        'dates': abstats.described_relation(ref('int_experiment_analysis_dates')),
        'unit_days': abstats.described_relation(ref('int_experiment_unit_days')),
        'unit_totals': abstats.described_relation(ref('int_experiment_unit_totals')),
        'unit_histories': abstats.described_relation(ref('int_experiment_unit_histories')),
        'scales': {'sql': ref('int_experiment_frozen_scales') | string, 'types': {}},
    }) }}

{% endmacro %}
