select
    user_id,
    visited_at,
    latency_ms,
    is_mobile
from {{ source('raw', 'visits') }}
