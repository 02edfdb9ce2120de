select * from (
with counted as (
select
units.experiment_id,
units.unit_id,
units.variant_id,
units.analysis_date,
units."gini__y" as amount,
row_number() over (
partition by units.experiment_id, units.variant_id
order by LOWER(TO_HEX(MD5(TO_UTF8(CAST(units.unit_id AS VARCHAR) || '|' || units.experiment_id || '|gini')))), units.unit_id
) - 1 as place
from units as units
inner join (
SELECT
CAST("experiment_id" AS VARCHAR) AS "experiment_id",
CAST("variant_id" AS VARCHAR) AS "variant_id"
FROM (VALUES
('e1', 'a'),
('e1', 'b')) AS declared("experiment_id", "variant_id")
) as arms
on units.experiment_id = arms.experiment_id and units.variant_id = arms.variant_id
where units."gini__y" is not null
),
arm_sizes as (
select
experiment_id,
variant_id,
min(analysis_date) as analysis_date,
count(*) as n_units,
min(count(*)) over (partition by experiment_id) as units_per_block
from counted
group by experiment_id, variant_id
),
placed as (
select
counted.experiment_id,
counted.variant_id,
counted.unit_id,
arm_sizes.n_units,
arm_sizes.units_per_block,
cast(floor(counted.place * 1.0 / arm_sizes.units_per_block) as bigint) as block,
mod(counted.place, 20) as unit_group
from counted
inner join arm_sizes
on
counted.experiment_id = arm_sizes.experiment_id
and counted.variant_id = arm_sizes.variant_id
),
grouped as (
select * from placed
where block < 10 and (block + 1) * units_per_block <= n_units
),
left_out as (
SELECT
CAST("left_out_group" AS BIGINT) AS "left_out_group"
FROM (VALUES
(-1),
(0),
(1),
(2),
(3),
(4),
(5),
(6),
(7),
(8),
(9),
(10),
(11),
(12),
(13),
(14),
(15),
(16),
(17),
(18),
(19)) AS declared("left_out_group")
),
events as (
SELECT
"t9"."experiment_id",
"t9"."unit_id_right" AS "unit_id",
"t9"."receiving_side" AS "receiver",
"t9"."value_7ab10653" AS "amount"
FROM (
SELECT
"t3"."unit_id",
"t3"."event_at",
"t3"."value_7ab10653",
"t3"."receiving_side",
"t8"."experiment_id",
"t8"."unit_id" AS "unit_id_right",
"t8"."unit_id_text",
"t8"."variant_id",
"t8"."exposed_at",
"t8"."first_seen_at",
"t8"."stratum",
"t8"."segment__platform",
"t8"."starts_at",
"t8"."ends_at",
"t8"."analysis_date",
"t8"."analysis_end_at",
"t8"."experiment_number",
"t8"."read_from",
"t8"."is_observable",
"t8"."window_end__experiment"
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as DOUBLE) as "value_7ab10653", cast((user_id
) as VARCHAR) as "receiving_side" from events
) AS "t3"
INNER JOIN (
SELECT
"t6"."experiment_id",
"t6"."unit_id",
"t6"."unit_id_text",
"t6"."variant_id",
"t6"."exposed_at",
"t6"."first_seen_at",
"t6"."stratum",
"t6"."segment__platform",
"t6"."starts_at",
"t6"."ends_at",
"t6"."analysis_date",
"t6"."analysis_end_at",
CASE "t6"."experiment_id" WHEN 'e1' THEN 0 ELSE -1 END AS "experiment_number",
LEAST("t6"."starts_at", "t6"."exposed_at" - INTERVAL '0' SECOND) AS "read_from",
(
"t6"."first_seen_at" IS NULL
)
OR (
"t6"."first_seen_at" <= (
"t6"."exposed_at" - INTERVAL '86400' SECOND
)
) AS "is_observable",
CASE
WHEN "t6"."experiment_id" = 'e1'
THEN "t6"."ends_at"
ELSE CAST(NULL AS TIMESTAMP(6))
END AS "window_end__experiment"
FROM (
SELECT
"t4"."experiment_id",
"t4"."unit_id",
"t4"."unit_id_text",
"t4"."variant_id",
"t4"."exposed_at",
"t4"."first_seen_at",
"t4"."stratum",
"t4"."segment__platform",
"t5"."starts_at",
"t5"."ends_at",
"t5"."analysis_date",
"t5"."analysis_end_at"
FROM (
select *, cast(unit_id as VARCHAR) as unit_id_text from exposures
) AS "t4"
INNER JOIN (
select * from dates
) AS "t5"
ON "t4"."experiment_id" = "t5"."experiment_id"
) AS "t6"
WHERE
"t6"."exposed_at" < "t6"."analysis_end_at" AND "t6"."experiment_id" IN ('e1')
) AS "t8"
ON "t3"."unit_id" = "t8"."unit_id"
AND "t3"."event_at" >= "t8"."read_from"
AND "t3"."event_at" < "t8"."analysis_end_at"
) AS "t9"
WHERE
"t9"."experiment_id" IN ('e1')
AND "t9"."event_at" >= "t9"."exposed_at"
AND "t9"."event_at" < "t9"."window_end__experiment"
AND "t9"."receiving_side" IS NOT NULL
),
parts as (
select
grouped.experiment_id,
grouped.variant_id,
grouped.block,
events.receiver,
grouped.unit_group,
sum(events.amount) as total
from grouped
inner join events
on grouped.experiment_id = events.experiment_id and grouped.unit_id = events.unit_id
where events.amount <> 0
group by
grouped.experiment_id,
grouped.variant_id,
grouped.block,
events.receiver,
grouped.unit_group
),
totals as (
select experiment_id, variant_id, block, receiver, sum(total) as total
from parts
group by experiment_id, variant_id, block, receiver
),
replicates as (
select
totals.experiment_id,
totals.variant_id,
totals.block,
left_out.left_out_group,
totals.total - coalesce(parts.total, 0) as total
from totals
cross join left_out
left join parts
on
totals.experiment_id = parts.experiment_id
and totals.variant_id = parts.variant_id
and totals.block = parts.block
and totals.receiver = parts.receiver
and left_out.left_out_group = parts.unit_group
),
ranked as (
select
*,
row_number() over (
partition by experiment_id, variant_id, block, left_out_group order by total desc
) as rank_from_top
from replicates
),
sums as (
select
experiment_id,
variant_id,
block,
left_out_group,
sum(total) as total,
sum(rank_from_top * total) as ranked_total
from ranked
group by experiment_id, variant_id, block, left_out_group
),
blocks as (
select distinct experiment_id, variant_id, block from grouped
),
receivers as (

select events.experiment_id, count(distinct events.receiver) as n
from events
inner join counted
on events.experiment_id = counted.experiment_id and events.unit_id = counted.unit_id
group by events.experiment_id
)
select
blocks.experiment_id,
'gini' as metric_name,
'e909197efbc271fd' as definition_hash,
blocks.variant_id,
arm_sizes.analysis_date,
arm_sizes.n_units,
arm_sizes.units_per_block,
blocks.block,
left_out.left_out_group,
case when sums.total > 0 then
(receivers.n + 1) * 1.0 / receivers.n - 2.0 * sums.ranked_total / (receivers.n * sums.total)
end as gini
from blocks
cross join left_out
inner join arm_sizes
on
blocks.experiment_id = arm_sizes.experiment_id
and blocks.variant_id = arm_sizes.variant_id
left join sums
on
blocks.experiment_id = sums.experiment_id
and blocks.variant_id = sums.variant_id
and blocks.block = sums.block
and left_out.left_out_group = sums.left_out_group
left join receivers
on
blocks.experiment_id = receivers.experiment_id

) as gini_of_metric
