select
    experiment_id,
    user_id as unit_id,
    variant_id,
    exposed_at
from {{ source('raw', 'exposures') }}
