{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false
) }}

{{ abstats.frozen_scales() }}
