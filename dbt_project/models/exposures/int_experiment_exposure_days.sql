{{ config(materialized='table', enabled=var('timeline') == 'all') }}

with first_exposures as (

    select * from {{ ref('int_experiment_exposures_first') }}

)

select
    experiment_id,
    cast(exposed_at as date) as exposure_date,
    cast(count(*) as {{ dbt.type_bigint() }}) as n_units,
    cast(sum({{ abstats.exposure_hash() }}) as {{ dbt.type_bigint() }})
        as fingerprint
from first_exposures
group by
    experiment_id,
    cast(exposed_at as date)
