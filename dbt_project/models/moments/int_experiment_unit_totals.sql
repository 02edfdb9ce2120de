{{ config(materialized='table', enabled=var('timeline') == 'all') }}

{{ abstats.unit_totals() }}
