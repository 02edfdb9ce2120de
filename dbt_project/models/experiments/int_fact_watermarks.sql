{{ config(materialized='table') }}

{{ abstats.fact_watermarks() }}
