{#- First exposures with folded segments and their stratum. Ibis writes the text. -#}
{% macro stratified_exposures(exposures, dates) %}

    {%- if execute -%}
        {{ modules.abstats.stratified_exposures(
            abstats.settings(),
            graph,
            adapter.type(),
            {'exposures': exposures, 'dates': dates}
        ) }}
    {%- endif -%}

{% endmacro %}
