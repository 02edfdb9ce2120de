select
    user_id,
    ordered_at,
    amount,
    is_returned
from {{ source('raw', 'orders') }}
