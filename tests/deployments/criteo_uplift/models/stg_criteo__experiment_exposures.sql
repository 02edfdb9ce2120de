-- The data has no times: every user is exposed at the start.
select
    'ads' as experiment_id,
    user_id as unit_id,
    case when treatment = 1 then 'ads' else 'no_ads' end as variant_id,
    cast('2018-01-01 00:00:00' as timestamp) as exposed_at
from {{ ref('stg_criteo__users') }}
