-- Ids are text, times have a zone, and a segment's name is a word of SQL.
select
    "experiment" as experiment_id,
    "Unit Key" as unit_id,
    "variant" as variant_id,
    "at" as exposed_at,
    "country" as "order"
from {{ source('raw', 'exposure log') }}
