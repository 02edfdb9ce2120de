{{ config(
    materialized='incremental',
    incremental_strategy=abstats.replacing_strategy(),
    unique_key="experiment_id || '|' || metric_name || '|' || definition_hash",
    partition_by=abstats.replaced_partitions(
        ['experiment_id', 'metric_name', 'definition_hash']
    ),
    on_schema_change='append_new_columns',
    grants=abstats.grants_to_readers(),
    post_hook="{{ abstats.mark_superseded() }}"
) }}

with estimated as (

    select * from {{ ref('int_experiment_results_estimated') }}

),

latest as (

    select
        experiment_id,
        max(analysis_date) as analysis_date
    from estimated
    group by experiment_id

)

select
    estimated.*,
    estimated.analysis_date = latest.analysis_date as is_latest,
    true as is_current
from estimated
inner join latest
    on estimated.experiment_id = latest.experiment_id
