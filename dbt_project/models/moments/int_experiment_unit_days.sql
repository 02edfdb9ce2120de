{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='partition_key',
    on_schema_change='sync_all_columns',
    enabled=var('timeline') == 'all'
) }}

{{ abstats.unit_days() }}
