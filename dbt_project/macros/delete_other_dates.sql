{#- Takes away the dates that are no longer analysed: of exposures or experiments that are gone. -#}
{% macro delete_other_dates() %}

    delete from {{ this }}
    where not exists (
        select 1
        from {{ ref('int_experiment_timeline') }} as timeline
        where
            timeline.experiment_id = {{ this.identifier }}.experiment_id
            and timeline.analysis_date = {{ this.identifier }}.analysis_date
    )

{% endmacro %}
