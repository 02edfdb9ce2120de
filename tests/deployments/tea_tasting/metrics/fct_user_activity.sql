-- Covariates are what a user did before the exposure, in the same columns.
select
    "user" as user_id,
    cast('2024-01-10 12:00:00' as timestamp) as happened_at,
    sessions_covariate as sessions,
    orders_covariate as orders,
    cast(revenue_covariate as double) as revenue
from {{ source('raw', 'users_data') }}

union all

select
    "user" as user_id,
    cast('2024-01-15 12:00:00' as timestamp) as happened_at,
    sessions,
    orders,
    cast(revenue as double) as revenue
from {{ source('raw', 'users_data') }}
