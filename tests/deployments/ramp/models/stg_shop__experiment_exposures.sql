select
    experiment_id,
    user_id as unit_id,
    variant_id,
    exposed_at,
    platform,
    country
from {{ source('raw', 'exposures') }}
