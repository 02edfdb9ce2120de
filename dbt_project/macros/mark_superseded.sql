{#- Results of an earlier definition, or of an experiment that is gone, stay and are marked. -#}
{% macro mark_superseded() %}
    {{ return(adapter.dispatch('mark_superseded', 'abstats')()) }}
{% endmacro %}


{% macro default__mark_superseded() %}

    update {{ this }}
    set
        is_current = false,
        is_latest = false
    where
        is_current
        and not exists (
            select 1
            from (select * from {{ ref('int_experiment_results_estimated') }}) as estimated
            where
                estimated.experiment_id = {{ this.identifier }}.experiment_id
                and estimated.metric_name = {{ this.identifier }}.metric_name
                and estimated.definition_hash = {{ this.identifier }}.definition_hash
        )

{% endmacro %}


{#- Spark updates no rows of such tables; a definition's results are a partition, written anew. -#}
{% macro spark__mark_superseded() %}

    {%- set estimated = ref('int_experiment_results_estimated') -%}
    {%- set key = ['experiment_id', 'metric_name', 'definition_hash'] -%}
    {%- if execute -%}
        {%- set columns = [] -%}
        {%- for column in adapter.get_columns_in_relation(this) -%}
            {%- do columns.append(
                'false' if column.name in ('is_current', 'is_latest') else column.quoted
            ) -%}
        {%- endfor -%}
        insert overwrite table {{ this }} partition ({{ key | join(', ') }})
        select {{ columns | join(', ') }}
        from {{ this }}
        left anti join {{ estimated }} using ({{ key | join(', ') }})
        where is_current
    {%- endif -%}

{% endmacro %}
