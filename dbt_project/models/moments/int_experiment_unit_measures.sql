{{ config(materialized='table') }}

{{ abstats.unit_measures() }}
