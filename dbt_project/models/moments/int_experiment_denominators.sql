{{ config(materialized='table') }}

{{ abstats.denominators() }}
