-- The log as it is, and as the published analysis cleans it: without mismatched rows.
with page_views as (

    select * from {{ ref('stg_udacity__page_views') }}

)

select
    'landing_page' as experiment_id,
    user_id as unit_id,
    variant_id,
    viewed_at as exposed_at
from page_views

union all

select
    'landing_page_cleaned' as experiment_id,
    user_id as unit_id,
    variant_id,
    viewed_at as exposed_at
from page_views
where is_matching
