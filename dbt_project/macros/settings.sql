{#- The var block as keyword arguments of the functions in `modules.abstats`. -#}
{% macro settings() %}

    {{ return({
        'experiments_path': var('experiments_path'),
        'facts': var('facts') or [],
        'experiment_exposures': var('experiment_exposures'),
    }) }}

{% endmacro %}
