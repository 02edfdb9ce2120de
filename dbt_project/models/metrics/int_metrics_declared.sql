{{ config(materialized='table') }}

{{ abstats.declared_rows('metrics') }}
