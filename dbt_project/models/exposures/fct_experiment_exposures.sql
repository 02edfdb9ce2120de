{{ config(**abstats.public_table()) }}

-- depends_on: {{ ref('int_experiment_inputs_checked') }}

with first_exposures as (

    select * from {{ ref('int_experiment_exposures_first') }}

)

select
    experiment_id,
    cast(unit_id as {{ dbt.type_string() }}) as unit_id,
    variant_id,
    exposed_at,
    first_seen_at,
    cast(n_variants as {{ dbt.type_bigint() }}) as n_variants
from first_exposures
