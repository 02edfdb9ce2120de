{#- One row per cell and pair of covariates of all exposed units. Ibis writes the text. -#}
{% macro covariate_moments() %}

    {%- set relations = {
        'units': ref('int_experiment_unit_measures') | string,
        'log': abstats.described_relation(ref(var('experiment_exposures'))),
    } -%}
    {%- if execute -%}
        {{ modules.abstats.covariate_moments(
            abstats.settings(), graph, adapter.type(), relations
        ) }}
    {%- endif -%}

{% endmacro %}
