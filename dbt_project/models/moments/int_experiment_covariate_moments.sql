{{ config(materialized='table') }}

{{ abstats.covariate_moments() }}
