select
    user_id,
    visited_at
from {{ source('raw', 'visits') }}
