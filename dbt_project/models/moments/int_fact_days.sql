{{ config(materialized='table') }}

{{ abstats.fact_days() }}
