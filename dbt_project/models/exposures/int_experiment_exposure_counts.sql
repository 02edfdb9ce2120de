{{ config(materialized='table') }}

with exposures as (

    {{ abstats.exposure_log() }}

),

dates as (

    select * from {{ ref('int_experiment_analysis_dates') }}

),

first_exposures as (

    select * from {{ ref('int_experiment_exposures_first') }}

),

unit_measures as (

    select * from {{ ref('int_experiment_unit_measures') }}

),

logged as (

    select
        exposures.experiment_id,
        exposures.variant_id,
        count(*) as exposure_rows,
        sum(
            case
                when
                    exposures.exposed_at >= dates.starts_at
                    and exposures.exposed_at < dates.ends_at
                    then 0
                else 1
            end
        ) as rows_outside_dates,
        sum(case when exposures.variant_id is null then 1 else 0 end)
            as rows_missing_variant,
        sum(case when exposures.unit_id is null then 1 else 0 end)
            as rows_missing_unit
    from exposures
    inner join dates
        on exposures.experiment_id = dates.experiment_id
    where
        exposures.exposed_at is null
        or exposures.exposed_at < dates.analysis_end_at
    group by
        exposures.experiment_id,
        exposures.variant_id

),

exposed as (

    select
        first_exposures.experiment_id,
        first_exposures.variant_id,
        first_exposures.stratum,
        count(*) as units,
        sum(case when first_exposures.n_variants > 1 then 1 else 0 end)
            as units_in_several_variants
    from first_exposures
    inner join dates
        on first_exposures.experiment_id = dates.experiment_id
    where first_exposures.exposed_at < dates.analysis_end_at
    group by
        first_exposures.experiment_id,
        first_exposures.variant_id,
        first_exposures.stratum

),

active_before as (

    select
        experiment_id,
        variant_id,
        stratum,
        sum(case when is_active_before_exposure then 1 else 0 end)
            as units_active_before_exposure
    from unit_measures
    group by
        experiment_id,
        variant_id,
        stratum

),

counts as (

    select
        experiment_id,
        variant_id,
        cast('all' as {{ dbt.type_string() }}) as stratum,
        'exposure_rows' as count_name,
        cast(exposure_rows as {{ dbt.type_bigint() }}) as n
    from logged
    union all
    select
        experiment_id,
        variant_id,
        cast('all' as {{ dbt.type_string() }}) as stratum,
        'rows_outside_dates' as count_name,
        cast(rows_outside_dates as {{ dbt.type_bigint() }}) as n
    from logged
    union all
    select
        experiment_id,
        variant_id,
        cast('all' as {{ dbt.type_string() }}) as stratum,
        'rows_missing_variant' as count_name,
        cast(rows_missing_variant as {{ dbt.type_bigint() }}) as n
    from logged
    union all
    select
        experiment_id,
        variant_id,
        cast('all' as {{ dbt.type_string() }}) as stratum,
        'rows_missing_unit' as count_name,
        cast(rows_missing_unit as {{ dbt.type_bigint() }}) as n
    from logged
    union all
    select
        experiment_id,
        variant_id,
        stratum,
        'units' as count_name,
        cast(units as {{ dbt.type_bigint() }}) as n
    from exposed
    union all
    select
        experiment_id,
        variant_id,
        stratum,
        'units_in_several_variants' as count_name,
        cast(units_in_several_variants as {{ dbt.type_bigint() }}) as n
    from exposed
    union all
    select
        experiment_id,
        variant_id,
        stratum,
        'units_active_before_exposure' as count_name,
        cast(units_active_before_exposure as {{ dbt.type_bigint() }}) as n
    from active_before

)

select * from counts
