select * from (
with arms as (
SELECT
CAST("experiment_id" AS VARCHAR) AS "experiment_id",
CAST("variant_id" AS VARCHAR) AS "variant_id",
CAST("allocation_period" AS VARCHAR) AS "allocation_period",
CAST("n_buckets" AS BIGINT) AS "n_buckets"
FROM (VALUES
('e1', 'a', 'all', 1000),
('e1', 'b', 'all', 1000)) AS declared("experiment_id", "variant_id", "allocation_period", "n_buckets")
),
hashed as (
select
units.*,
'all' as allocation_period,
MD5('abstats cross-check|' || units.experiment_id || '|' || CAST(units.unit_id AS VARCHAR)) as digest
from units as units
where units.experiment_id in ('e1')
),
placed as (
select
hashed.*,
arms.n_buckets,
cast(
floor(arms.n_buckets * ((CHARINDEX(SUBSTRING(hashed.digest, 1, 1), '0123456789abcdef') - 1) * 1048576 + (CHARINDEX(SUBSTRING(hashed.digest, 2, 1), '0123456789abcdef') - 1) * 65536 + (CHARINDEX(SUBSTRING(hashed.digest, 3, 1), '0123456789abcdef') - 1) * 4096 + (CHARINDEX(SUBSTRING(hashed.digest, 4, 1), '0123456789abcdef') - 1) * 256 + (CHARINDEX(SUBSTRING(hashed.digest, 5, 1), '0123456789abcdef') - 1) * 16 + (CHARINDEX(SUBSTRING(hashed.digest, 6, 1), '0123456789abcdef') - 1) * 1) / 16777216.0)
as bigint
) as bucket
from hashed
inner join arms
on
hashed.experiment_id = arms.experiment_id
and hashed.variant_id = arms.variant_id
and hashed.allocation_period = arms.allocation_period
),
sums as (
select
experiment_id,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
count("any_event__y") as "n__any_event",
sum("any_event__y") as "y__any_event",
count("came_back__y") as "n__came_back",
sum("came_back__y") as "y__came_back",
count("capped__winsorised__y") as "n__capped",
sum("capped__winsorised__y") as "y__capped",
count("conversion__y") as "n__conversion",
sum("conversion__y") as "y__conversion",
sum("conversion__d") as "d__conversion",
count("labels__y") as "n__labels",
sum("labels__y") as "y__labels",
count("rate__y") as "n__rate",
sum("rate__y") as "y__rate",
sum("rate__d") as "d__rate",
count("score__y") as "n__score",
sum("score__y") as "y__score",
count("total__y") as "n__total",
sum("total__y") as "y__total"
from placed
group by
experiment_id, variant_id, analysis_date, allocation_period, n_buckets, bucket
)
select
experiment_id,
'any_event' as metric_name,
'562473ad5d1753b7' as definition_hash,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
"n__any_event" as n_units,
"y__any_event" as sum_value,
cast("n__any_event" as DOUBLE) as sum_denominator
from sums
where "n__any_event" > 0 and experiment_id in ('e1')
union all
select
experiment_id,
'came_back' as metric_name,
'cbee7b7e20428302' as definition_hash,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
"n__came_back" as n_units,
"y__came_back" as sum_value,
cast("n__came_back" as DOUBLE) as sum_denominator
from sums
where "n__came_back" > 0 and experiment_id in ('e1')
union all
select
experiment_id,
'capped' as metric_name,
'96144c3b6747652e' as definition_hash,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
"n__capped" as n_units,
"y__capped" as sum_value,
cast("n__capped" as DOUBLE) as sum_denominator
from sums
where "n__capped" > 0 and experiment_id in ('e1')
union all
select
experiment_id,
'conversion' as metric_name,
'8fcbb23be5e5f896' as definition_hash,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
"n__conversion" as n_units,
"y__conversion" as sum_value,
cast("d__conversion" as DOUBLE) as sum_denominator
from sums
where "n__conversion" > 0 and experiment_id in ('e1')
union all
select
experiment_id,
'labels' as metric_name,
'ca7b5f801e3c607e' as definition_hash,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
"n__labels" as n_units,
"y__labels" as sum_value,
cast("n__labels" as DOUBLE) as sum_denominator
from sums
where "n__labels" > 0 and experiment_id in ('e1')
union all
select
experiment_id,
'rate' as metric_name,
'da6fb42c4f85262c' as definition_hash,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
"n__rate" as n_units,
"y__rate" as sum_value,
cast("d__rate" as DOUBLE) as sum_denominator
from sums
where "n__rate" > 0 and experiment_id in ('e1')
union all
select
experiment_id,
'score' as metric_name,
'd1dbb147a9fbf648' as definition_hash,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
"n__score" as n_units,
"y__score" as sum_value,
cast("n__score" as DOUBLE) as sum_denominator
from sums
where "n__score" > 0 and experiment_id in ('e1')
union all
select
experiment_id,
'total' as metric_name,
'928c71c53f186c90' as definition_hash,
variant_id,
analysis_date,
allocation_period,
n_buckets,
bucket,
"n__total" as n_units,
"y__total" as sum_value,
cast("n__total" as DOUBLE) as sum_denominator
from sums
where "n__total" > 0 and experiment_id in ('e1')
) as bucket_sums
