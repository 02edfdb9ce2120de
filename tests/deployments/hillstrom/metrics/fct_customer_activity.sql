-- The year before the e-mail has only its spend, `history`; two weeks after it have three outcomes.
with customers as (

    select * from {{ ref('stg_hillstrom__customers') }}

)

select
    customer_id,
    cast('2008-03-19 12:00:00' as timestamp) as happened_at,
    cast(history as double) as spend,
    0 as visits,
    0 as conversions
from customers

union all

select
    customer_id,
    cast('2008-03-20 12:00:00' as timestamp) as happened_at,
    cast(spend as double) as spend,
    visit as visits,
    conversion as conversions
from customers
