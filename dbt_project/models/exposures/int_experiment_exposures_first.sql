{{ config(materialized='table') }}

with exposures as (

    {{ abstats.exposure_log() }}

),

dates as (

    select * from {{ ref('int_experiment_analysis_dates') }}

),

eligible as (

    select exposures.*
    from exposures
    inner join dates
        on exposures.experiment_id = dates.experiment_id
    where
        exposures.unit_id is not null
        and exposures.variant_id is not null
        and exposures.exposed_at >= dates.starts_at
        and exposures.exposed_at < dates.ends_at
        and exposures.exposed_at < dates.analysis_end_at

),

units as (

    select
        experiment_id,
        unit_id,
        min(exposed_at) as exposed_at,
        min(first_seen_at) as first_seen_at,
        min(variant_id) as variant_id,
        case
            when
                min(variant_id) = max(variant_id)
                {{ abstats.and_unit_columns_are_constant() }}
                then 0
            else 1
        end as is_mixed
        {{ abstats.and_smallest_unit_columns() }}
    from eligible
    group by
        experiment_id,
        unit_id

),

-- Only units whose rows differ have to be ordered, which costs far more than grouping.
mixed_units as (

    select *
    from units
    where is_mixed = 1

),

-- Ties at the same instant are broken the same way in every build.
ranked as (

    select
        eligible.*,
        mixed_units.first_seen_at as unit_first_seen_at,
        row_number() over (
            partition by eligible.experiment_id, eligible.unit_id
            order by
                eligible.exposed_at,
                eligible.variant_id
                {{ abstats.and_unit_columns('eligible') }}
        ) as exposure_rank
    from eligible
    inner join mixed_units
        on
            eligible.experiment_id = mixed_units.experiment_id
            and eligible.unit_id = mixed_units.unit_id

),

met_variants as (

    select
        experiment_id,
        unit_id,
        count(distinct variant_id) as n_variants
    from ranked
    group by
        experiment_id,
        unit_id

),

first_exposures as (

    select
        experiment_id,
        unit_id,
        variant_id,
        exposed_at,
        first_seen_at,
        1 as n_variants
        {{ abstats.and_unit_columns() }}
    from units
    where is_mixed = 0
    union all
    select
        ranked.experiment_id,
        ranked.unit_id,
        ranked.variant_id,
        ranked.exposed_at,
        ranked.unit_first_seen_at as first_seen_at,
        met_variants.n_variants
        {{ abstats.and_unit_columns('ranked') }}
    from ranked
    inner join met_variants
        on
            ranked.experiment_id = met_variants.experiment_id
            and ranked.unit_id = met_variants.unit_id
    where ranked.exposure_rank = 1

)

{{ abstats.stratified_exposures('first_exposures', 'dates') }}
