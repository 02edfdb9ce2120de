select
    experiment_id,
    user_id as unit_id,
    variant_id,
    exposed_at,
    first_seen_at,
    platform
from {{ source('raw', 'exposures') }}
