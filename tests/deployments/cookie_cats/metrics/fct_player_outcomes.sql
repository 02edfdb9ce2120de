-- One row per player; the outcomes happened after the exposure.
select
    userid as player_id,
    cast('2017-01-02 12:00:00' as timestamp) as happened_at,
    sum_gamerounds as game_rounds,
    retention_1 as is_retained_1,
    retention_7 as is_retained_7
from {{ source('raw', 'cookie_cats') }}
