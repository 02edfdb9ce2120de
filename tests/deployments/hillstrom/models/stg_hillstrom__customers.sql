-- The data has no customer id and 6,562 rows that are exact duplicates: every row is a customer,
-- numbered as it was loaded.
{{ config(materialized='table') }}

select
    rowid + 1 as customer_id,
    segment,
    history,
    visit,
    conversion,
    spend
from {{ source('raw', 'hillstrom') }}
