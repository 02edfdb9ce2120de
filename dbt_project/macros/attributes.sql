{#- Names of the unit attributes that any metric declares as a covariate. -#}
{% macro attributes() %}

    {{ return(modules.abstats.declared_attributes(abstats.settings(), graph) if execute else []) }}

{% endmacro %}


{#- The column that holds an attribute's value in our tables. -#}
{% macro attribute_column(attribute) %}

    {{ return(adapter.quote('attribute__' ~ attribute)) }}

{% endmacro %}
