-- The data has no times: every user is exposed at the start.
select
    'tea' as experiment_id,
    "user" as unit_id,
    variant as variant_id,
    cast('2024-01-15 00:00:00' as timestamp) as exposed_at
from {{ source('raw', 'users_data') }}
