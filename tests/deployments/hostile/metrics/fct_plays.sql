-- Ids are numbers here.
select
    user_id,
    played_at,
    minutes
from {{ source('raw', 'plays') }}
