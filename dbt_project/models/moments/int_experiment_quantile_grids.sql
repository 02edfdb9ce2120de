-- A grid outlives a full refresh: with another one every earlier number would change.
{{ config(
    materialized='incremental',
    incremental_strategy=abstats.replacing_strategy(),
    unique_key="experiment_id || '|' || metric_name || '|' || definition_hash",
    partition_by=abstats.replaced_partitions(
        ['experiment_id', 'metric_name', 'definition_hash']
    ),
    full_refresh=false
) }}

{{ abstats.quantile_grids() }}
