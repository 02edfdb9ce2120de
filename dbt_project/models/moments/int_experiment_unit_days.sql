{{ config(
    materialized='incremental',
    incremental_strategy=abstats.replacing_strategy(),
    unique_key='partition_key',
    partition_by=abstats.replaced_partitions(['partition_key']),
    on_schema_change=abstats.on_lost_columns(),
    enabled=var('timeline') == 'all'
) }}

{{ abstats.unit_days() }}
