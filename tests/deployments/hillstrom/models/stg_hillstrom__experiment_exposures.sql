-- One e-mail campaign, analysed once per multiplicity correction.
with customers as (

    select * from {{ ref('stg_hillstrom__customers') }}

),

campaigns as (

    {% for correction in ['bonferroni', 'holm', 'bh', 'by'] -%}
    select 'emails_{{ correction }}' as experiment_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    campaigns.experiment_id,
    customers.customer_id as unit_id,
    customers.segment as variant_id,
    cast('2008-03-20 00:00:00' as timestamp) as exposed_at
from customers
cross join campaigns
