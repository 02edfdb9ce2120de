-- Columns are named as no one should, and a segment by a word of SQL.
select
    "experiment" as experiment_id,
    "Unit Key" as unit_id,
    "variant" as variant_id,
    "at" as exposed_at,
    "first seen" as first_seen_at,
    "country" as "order",
    "Score" as score
from {{ source('raw', 'exposure log') }}
