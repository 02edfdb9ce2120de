-- Times have no zone: they are Berlin's. A duplicate is an order that was logged twice.
select distinct
    order_id,
    "Buyer" as buyer,
    ordered_at,
    "Order Value",
    sku,
    creator,
    channel
from {{ source('raw', 'orders') }}
