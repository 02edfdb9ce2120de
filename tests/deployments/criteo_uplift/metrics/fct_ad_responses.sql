-- One row per user who visited; a purchase needs a visit.
select
    user_id,
    cast('2018-01-01 12:00:00' as timestamp) as happened_at,
    visit as is_visit,
    conversion as is_conversion
from {{ ref('stg_criteo__users') }}
where visit = 1
