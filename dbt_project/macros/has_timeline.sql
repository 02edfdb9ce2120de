{#- Whether every analysis date is computed, or only the latest: the var `timeline`. -#}
{% macro has_timeline() %}

    {%- set timeline = var('timeline') -%}
    {%- if timeline not in ('all', 'latest') -%}
        {{ exceptions.raise_compiler_error(
            "var timeline == '" ~ timeline ~ "', must be 'all' or 'latest'."
        ) }}
    {%- endif -%}
    {{ return(timeline == 'all') }}

{% endmacro %}
