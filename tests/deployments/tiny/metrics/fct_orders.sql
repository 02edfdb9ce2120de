select
    user_id,
    ordered_at,
    amount,
    items
from {{ source('raw', 'orders') }}
