{{ config(materialized='table') }}

{{ abstats.value_counts() }}
