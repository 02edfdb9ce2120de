select
    user_id,
    ordered_at,
    channel,
    amount
from {{ source('raw', 'orders') }}
