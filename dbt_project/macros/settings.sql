{#- The var block, as the functions in `modules.abstats` take it. -#}
{% macro settings() %}

    {{ return({
        'experiments_path': var('experiments_path'),
        'facts': var('facts') or [],
        'experiment_exposures': var('experiment_exposures'),
    }) }}

{% endmacro %}
