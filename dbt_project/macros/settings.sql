{#-
    The var block, as the functions in `modules.abstats` take it, and the version of this package:
    the Python package must be the same.
-#}
{% macro settings() %}

    {{ return({
        'experiments_path': var('experiments_path'),
        'facts': abstats.facts(),
        'experiment_exposures': var('experiment_exposures'),
        'timeline': var('timeline'),
        'minimum_cell_size': var('minimum_cell_size'),
        'package_version': '0.1.0',
    }) }}

{% endmacro %}


{#- Names of the facts; one may stand without brackets. -#}
{% macro facts() %}

    {%- set facts = var('facts') or [] -%}
    {{ return([facts] if facts is string else facts) }}

{% endmacro %}
