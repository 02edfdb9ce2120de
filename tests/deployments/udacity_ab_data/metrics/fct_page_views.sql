select
    user_id,
    viewed_at,
    is_converted and is_first_view as is_converted_at_first_view,
    is_converted and is_matching as is_converted_on_own_page
from {{ ref('stg_udacity__page_views') }}
