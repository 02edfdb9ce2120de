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

-- One row per unit and distinct variant, segment values and attributes: the log is read once, and
-- ties at the same instant are broken the same way in every build.
combinations as (

    select
        experiment_id,
        unit_id,
        variant_id,
        min(exposed_at) as exposed_at,
        min(first_seen_at) as first_seen_at
        {{ abstats.and_segment_columns() }}
        {{ abstats.and_attribute_columns() }}
    from eligible
    group by
        experiment_id,
        unit_id,
        variant_id
        {{ abstats.and_segment_columns() }}
        {{ abstats.and_attribute_columns() }}

),

units as (

    select
        experiment_id,
        unit_id,
        count(distinct variant_id) as n_variants,
        min(first_seen_at) as first_seen_at
    from combinations
    group by
        experiment_id,
        unit_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by experiment_id, unit_id
            order by
                exposed_at,
                variant_id
                {{ abstats.and_segment_columns() }}
                {{ abstats.and_attribute_columns() }}
        ) as exposure_rank
    from combinations

),

first_exposures as (

    select
        ranked.experiment_id,
        ranked.unit_id,
        ranked.variant_id,
        ranked.exposed_at,
        units.first_seen_at,
        units.n_variants
        {{ abstats.and_segment_columns('ranked') }}
        {{ abstats.and_attribute_columns('ranked') }}
    from ranked
    inner join units
        on
            ranked.experiment_id = units.experiment_id
            and ranked.unit_id = units.unit_id
    where ranked.exposure_rank = 1

)

{{ abstats.stratified_exposures('first_exposures', 'dates') }}
