select
    account_name,
    logged_in_at
from {{ source('raw', 'logins') }}
