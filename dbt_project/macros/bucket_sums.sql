{#- Sums over random buckets of units, for experiments with cross-checks. abstats writes the text. -#}
{% macro bucket_sums() %}

    {%- set units = ref('int_experiment_unit_measures') -%}
    {%- if execute -%}
        {{ modules.abstats.bucket_sums(
            abstats.settings(), graph, adapter.type(), units | string
        ) }}
    {%- endif -%}

{% endmacro %}
