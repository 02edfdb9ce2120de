{{ config(materialized='table') }}

{{ abstats.analysis_timeline() }}
