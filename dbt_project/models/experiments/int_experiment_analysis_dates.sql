{{ config(materialized='table') }}

with experiments as (

    select * from {{ ref('int_experiments_declared') }}

),

exposures as (

    {{ abstats.exposure_log() }}

),

-- The warehouse has data until here: the last moment that the exposure log or any fact knows.
watermarks as (

    select max(exposed_at) as last_at from exposures
    union all
    select last_at from {{ ref('int_fact_watermarks') }}

),

last_complete as (

    select {{ abstats.last_complete_day('last_at') }} as analysis_date
    from (select max(last_at) as last_at from watermarks) as watermark

),

dates as (

    select
        experiments.experiment_id,
        experiments.starts_at,
        experiments.ends_at,
        least(
            last_complete.analysis_date,
            experiments.last_useful_date
        ) as analysis_date
    from experiments
    cross join last_complete

)

select
    *,
    {{ dbt.dateadd('day', 1, 'cast(analysis_date as ' ~ dbt.type_timestamp() ~ ')') }}
        as analysis_end_at
from dates
