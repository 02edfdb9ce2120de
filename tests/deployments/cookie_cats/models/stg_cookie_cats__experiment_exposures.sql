-- The data has no times: every player is exposed at the start of the test.
select
    'gate_40' as experiment_id,
    userid as unit_id,
    version as variant_id,
    cast('2017-01-02 00:00:00' as timestamp) as exposed_at
from {{ source('raw', 'cookie_cats') }}
