{{ config(materialized='table', enabled=var('timeline') == 'all') }}

{{ abstats.fact_days() }}
