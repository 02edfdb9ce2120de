select
    user_id,
    played_at,
    minutes,
    is_finished
from {{ source('raw', 'plays') }}
