{#- One row per experiment and analysis date, with the hash of what its moments follow from. -#}
{% macro analysis_timeline() %}

    {%- set dates = ref('int_experiment_analysis_dates') -%}
    {%- if abstats.has_timeline() -%}
        {%- set relations = {
            'dates': dates | string,
            'exposure_days': ref('int_experiment_exposure_days') | string,
            'unit_days': ref('int_experiment_unit_days') | string,
            'unit_histories': ref('int_experiment_unit_histories') | string,
            'scales': ref('int_experiment_frozen_scales') | string,
        } -%}
        {%- if execute -%}
            {{ modules.abstats.analysis_timeline(
                abstats.settings(), graph, adapter.type(), relations
            ) }}
        {%- endif -%}
    {%- else -%}
        {#- Nothing tells what changed: every build is another. -#}
        {{ return(
            'select experiment_id, analysis_date, cast('
            ~ modules.datetime.datetime.timestamp(run_started_at) | int
            ~ ' as ' ~ dbt.type_bigint() ~ ') as inputs_hash from ' ~ dates
        ) }}
    {%- endif -%}

{% endmacro %}
