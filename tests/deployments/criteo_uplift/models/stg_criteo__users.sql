-- 13,979,592 users from nine joint counts.
{{ config(materialized='table') }}

select
    row_number() over () as user_id,
    treatment,
    visit,
    conversion
from (
    select
        treatment,
        visit,
        conversion,
        unnest(range(n)) as copy
    from {{ source('raw', 'joint_counts') }}
)
