-- In a matching row the page is the one that the group should see.
select
    user_id,
    "timestamp" as viewed_at,
    "group" as variant_id,
    converted = 1 as is_converted,
    ("group" = 'treatment') = (landing_page = 'new_page') as is_matching,
    row_number() over (partition by user_id order by "timestamp") = 1
        as is_first_view
from {{ source('raw', 'ab_data') }}
