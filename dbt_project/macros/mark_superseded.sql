{#- Results of an earlier definition, or of an experiment that is gone, stay and are marked. -#}
{% macro mark_superseded() %}

    update {{ this }}
    set
        is_current = false,
        is_latest = false
    where
        is_current
        and not exists (
            select 1
            from {{ ref('int_experiment_results_estimated') }} as estimated
            where
                estimated.experiment_id = {{ this.identifier }}.experiment_id
                and estimated.metric_name = {{ this.identifier }}.metric_name
                and estimated.definition_hash = {{ this.identifier }}.definition_hash
        )

{% endmacro %}
