with stale_partitions as (
with planned as (
select declared.*, dates.analysis_date
from (
select
literals.experiment_id,
literals.fact,
(xxhash64(literals.plan_hash, case when literals.plan_hash is null then 1 else 0 end, coalesce(points.fingerprint, 0), case when coalesce(points.fingerprint, 0) is null then 1 else 0 end) & 4294967295) as plan_hash,
literals.start_date,
literals.end_date
from (SELECT
CAST(`experiment_id` AS STRING) AS `experiment_id`,
CAST(`fact` AS STRING) AS `fact`,
CAST(`plan_hash` AS STRING) AS `plan_hash`,
CAST(`start_date` AS DATE) AS `start_date`,
CAST(`end_date` AS DATE) AS `end_date`
FROM VALUES
('e1', 'events', '7e6d50e1467e47c8', '2026-01-05', '2026-01-22'),
('e1', 'orders', 'a5d3a919d53bd3d6', '2026-01-05', '2026-01-22') AS declared(`experiment_id`, `fact`, `plan_hash`, `start_date`, `end_date`)) as literals
left join (
select experiment_id, fact, sum((xxhash64(metric_name, case when metric_name is null then 1 else 0 end, definition_hash, case when definition_hash is null then 1 else 0 end, point, case when point is null then 1 else 0 end, value, case when value is null then 1 else 0 end) & 4294967295)) as fingerprint
from grids
group by experiment_id, fact
) as points
on literals.experiment_id = points.experiment_id and literals.fact = points.fact) as declared
inner join dates as dates on declared.experiment_id = dates.experiment_id
),
current_partitions as (
select
planned.experiment_id,
planned.fact,
days.event_date as partition_date,
(xxhash64(planned.plan_hash, case when planned.plan_hash is null then 1 else 0 end, days.n_events, case when days.n_events is null then 1 else 0 end, days.fingerprint, case when days.fingerprint is null then 1 else 0 end, exposed.fingerprint, case when exposed.fingerprint is null then 1 else 0 end) & 4294967295) as inputs_hash
from planned
inner join fact_days as days
on
planned.fact = days.fact
and days.event_date >= planned.start_date
and days.event_date < planned.end_date
and days.event_date <= planned.analysis_date
inner join (
select
experiment_id,
exposure_date,
sum(fingerprint) over (
partition by experiment_id order by exposure_date
) as fingerprint,
lead(exposure_date) over (
partition by experiment_id order by exposure_date
) as next_date
from exposure_days
) as exposed
on
planned.experiment_id = exposed.experiment_id
and days.event_date >= exposed.exposure_date
and (exposed.next_date is null or days.event_date < exposed.next_date)
),
stored_partitions as (
select stored.experiment_id, stored.fact, stored.partition_date, stored.inputs_hash
from stored as stored
where stored.unit_id is null
),
partitions as (
select
coalesce(now.experiment_id, before.experiment_id) as experiment_id,
coalesce(now.fact, before.fact) as fact,
coalesce(now.partition_date, before.partition_date) as partition_date,
coalesce(now.inputs_hash, -1) as inputs_hash,
before.inputs_hash as stored_hash
from current_partitions as now
full outer join stored_partitions as before
on
now.experiment_id = before.experiment_id
and now.fact = before.fact
and now.partition_date = before.partition_date
)
select
experiment_id || '|' || fact || '|' || cast(partition_date as varchar(10)) as partition_key,
experiment_id,
fact,
partition_date,
inputs_hash
from partitions
where stored_hash is null or stored_hash <> inputs_hash
)
select * from (
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
`t44`.`partition_key`,
`t44`.`experiment_id`,
`t44`.`fact`,
`t44`.`partition_date`,
`t44`.`unit_id`,
`t44`.`inputs_hash`,
`t44`.`value_7ab10653__any__experiment`,
`t44`.`value_7ab10653__any__1d_to_7d`,
`t44`.`value_7ab10653__sum__7d`,
`t44`.`value_7ab10653__instants__end_7d`,
`t44`.`weight_2d30ad4f__first__end_0d`,
`t44`.`value_7ab10653__sum__experiment`,
`t44`.`label_4f1767c6__distinct__experiment`,
`t44`.`value_7ab10653__count__experiment`,
`t44`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t44`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t44`.`value_7ab10653__sum__5d`,
`t44`.`weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t14`.`partition_key`,
`t14`.`experiment_id`,
`t43`.`partition_date`,
`t43`.`unit_id`,
'orders' AS `fact`,
CAST(NULL AS BIGINT) AS `inputs_hash`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__any__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__any__1d_to_7d`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__sum__7d`,
CAST(NULL AS ARRAY<TIMESTAMP>) AS `value_7ab10653__instants__end_7d`,
`t43`.`weight_2d30ad4f__first__end_0d`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__sum__experiment`,
CAST(NULL AS ARRAY<STRING>) AS `label_4f1767c6__distinct__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__count__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__grid_e20aa156_01__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__grid_e20aa156_02__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__sum__5d`,
`t43`.`weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t38`.`experiment_number`,
`t38`.`partition_date`,
`t38`.`unit_id`,
MIN(
IF(
(
`t38`.`phase` & 1
) <> 0,
`t38`.`weight_2d30ad4f__first`,
CAST(NULL AS TIMESTAMP)
)
) AS `weight_2d30ad4f__first__end_0d`,
SUM(
IF((
`t38`.`phase` & 2
) <> 0, `t38`.`weight_2d30ad4f__sum`, CAST(NULL AS DOUBLE))
) AS `weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t36`.`experiment_number`,
`t36`.`partition_date`,
`t36`.`unit_id`,
`t36`.`phase`,
MIN(IF(`t36`.`weight_2d30ad4f` <> 0, `t36`.`event_at`, CAST(NULL AS TIMESTAMP))) AS `weight_2d30ad4f__first`,
SUM(`t36`.`weight_2d30ad4f`) AS `weight_2d30ad4f__sum`
FROM (
SELECT
`t33`.`unit_id_right` AS `unit_id`,
`t33`.`event_at`,
`t33`.`weight_2d30ad4f`,
`t33`.`experiment_id`,
`t33`.`unit_id_right`,
`t33`.`unit_id_text`,
`t33`.`variant_id`,
`t33`.`exposed_at`,
`t33`.`first_seen_at`,
`t33`.`stratum`,
`t33`.`segment__platform`,
`t33`.`starts_at`,
`t33`.`ends_at`,
`t33`.`analysis_date`,
`t33`.`analysis_end_at`,
`t33`.`experiment_number`,
`t33`.`read_from`,
`t33`.`is_observable`,
`t33`.`window_end__experiment`,
`t33`.`window_end__7d`,
`t33`.`window_end__5d`,
`t33`.`grid_e20aa156_01`,
`t33`.`grid_e20aa156_02`,
`t33`.`partition_date`,
CAST(0 + IF(
(
`t33`.`event_at` >= `t33`.`exposed_at`
)
AND (
`t33`.`event_at` < (
`t33`.`ends_at` + INTERVAL '0' SECOND
)
),
1,
0
) + IF(
(
`t33`.`event_at` >= `t33`.`exposed_at`
)
AND (
`t33`.`event_at` < `t33`.`window_end__5d`
),
2,
0
) AS BIGINT) AS `phase`
FROM (
SELECT
`t30`.`unit_id`,
`t30`.`event_at`,
`t30`.`weight_2d30ad4f`,
`t30`.`experiment_id`,
`t30`.`unit_id_right`,
`t30`.`unit_id_text`,
`t30`.`variant_id`,
`t30`.`exposed_at`,
`t30`.`first_seen_at`,
`t30`.`stratum`,
`t30`.`segment__platform`,
`t30`.`starts_at`,
`t30`.`ends_at`,
`t30`.`analysis_date`,
`t30`.`analysis_end_at`,
`t30`.`experiment_number`,
`t30`.`read_from`,
`t30`.`is_observable`,
`t30`.`window_end__experiment`,
`t30`.`window_end__7d`,
`t30`.`window_end__5d`,
`t30`.`grid_e20aa156_01`,
`t30`.`grid_e20aa156_02`,
`t30`.`partition_date`
FROM (
SELECT
`t26`.`unit_id`,
`t26`.`event_at`,
`t26`.`weight_2d30ad4f`,
`t26`.`experiment_id`,
`t26`.`unit_id_right`,
`t26`.`unit_id_text`,
`t26`.`variant_id`,
`t26`.`exposed_at`,
`t26`.`first_seen_at`,
`t26`.`stratum`,
`t26`.`segment__platform`,
`t26`.`starts_at`,
`t26`.`ends_at`,
`t26`.`analysis_date`,
`t26`.`analysis_end_at`,
`t26`.`experiment_number`,
`t26`.`read_from`,
`t26`.`is_observable`,
`t26`.`window_end__experiment`,
`t26`.`window_end__7d`,
`t26`.`window_end__5d`,
`t26`.`grid_e20aa156_01`,
`t26`.`grid_e20aa156_02`,
CAST(`t26`.`event_at` AS DATE) AS `partition_date`
FROM (
SELECT
`t8`.`unit_id`,
`t8`.`event_at`,
`t8`.`weight_2d30ad4f`,
`t24`.`experiment_id`,
`t24`.`unit_id` AS `unit_id_right`,
`t24`.`unit_id_text`,
`t24`.`variant_id`,
`t24`.`exposed_at`,
`t24`.`first_seen_at`,
`t24`.`stratum`,
`t24`.`segment__platform`,
`t24`.`starts_at`,
`t24`.`ends_at`,
`t24`.`analysis_date`,
`t24`.`analysis_end_at`,
`t24`.`experiment_number`,
`t24`.`read_from`,
`t24`.`is_observable`,
`t24`.`window_end__experiment`,
`t24`.`window_end__7d`,
`t24`.`window_end__5d`,
`t24`.`grid_e20aa156_01`,
`t24`.`grid_e20aa156_02`
FROM (
select * from (select (user_id) as unit_id, (event_at) as event_at, cast((weight
) as DOUBLE) as `weight_2d30ad4f` from orders) as events where event_at >= (select cast(min(partition_date) as timestamp) from stale_partitions where fact = 'orders' and inputs_hash <> -1) and cast(event_at as date) in (select partition_date from stale_partitions where fact = 'orders' and inputs_hash <> -1)
) AS `t8`
INNER JOIN (
SELECT
*
FROM (
SELECT
`t19`.`experiment_id`,
`t19`.`unit_id`,
`t19`.`unit_id_text`,
`t19`.`variant_id`,
`t19`.`exposed_at`,
`t19`.`first_seen_at`,
`t19`.`stratum`,
`t19`.`segment__platform`,
`t19`.`starts_at`,
`t19`.`ends_at`,
`t19`.`analysis_date`,
`t19`.`analysis_end_at`,
`t19`.`experiment_number`,
`t19`.`read_from`,
`t19`.`is_observable`,
`t19`.`window_end__experiment`,
`t19`.`window_end__7d`,
`t19`.`window_end__5d`,
`t19`.`grid_e20aa156_01`,
`t19`.`grid_e20aa156_02`
FROM (
SELECT
`t18`.`experiment_id`,
`t18`.`unit_id`,
`t18`.`unit_id_text`,
`t18`.`variant_id`,
`t18`.`exposed_at`,
`t18`.`first_seen_at`,
`t18`.`stratum`,
`t18`.`segment__platform`,
`t18`.`starts_at`,
`t18`.`ends_at`,
`t18`.`analysis_date`,
`t18`.`analysis_end_at`,
`t18`.`experiment_number`,
`t18`.`read_from`,
`t18`.`is_observable`,
`t18`.`window_end__experiment`,
`t18`.`window_end__7d`,
`t18`.`window_end__5d`,
`t7`.`experiment_id` AS `experiment_id_right`,
`t7`.`grid_e20aa156_01`,
`t7`.`grid_e20aa156_02`
FROM (
SELECT
`t16`.`experiment_id`,
`t16`.`unit_id`,
`t16`.`unit_id_text`,
`t16`.`variant_id`,
`t16`.`exposed_at`,
`t16`.`first_seen_at`,
`t16`.`stratum`,
`t16`.`segment__platform`,
`t16`.`starts_at`,
`t16`.`ends_at`,
`t16`.`analysis_date`,
`t16`.`analysis_end_at`,
CASE `t16`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t16`.`starts_at`, `t16`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t16`.`first_seen_at` IS NULL
)
OR (
`t16`.`first_seen_at` <= (
`t16`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t16`.`experiment_id` = 'e1'
THEN `t16`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t16`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t16`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
FROM (
SELECT
`t9`.`experiment_id`,
`t9`.`unit_id`,
`t9`.`unit_id_text`,
`t9`.`variant_id`,
`t9`.`exposed_at`,
`t9`.`first_seen_at`,
`t9`.`stratum`,
`t9`.`segment__platform`,
`t11`.`starts_at`,
`t11`.`ends_at`,
`t11`.`analysis_date`,
`t11`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t9`
INNER JOIN (
select * from dates
) AS `t11`
ON `t9`.`experiment_id` = `t11`.`experiment_id`
) AS `t16`
WHERE
`t16`.`exposed_at` < `t16`.`analysis_end_at`
) AS `t18`
LEFT OUTER JOIN (
select experiment_id,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 1 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_01`,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 2 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_02`
from grids group by experiment_id
) AS `t7`
ON `t18`.`experiment_id` = `t7`.`experiment_id`
) AS `t19`
) AS `t20`
WHERE
`t20`.`experiment_id` IN ('e1')
) AS `t24`
ON `t8`.`unit_id` = `t24`.`unit_id`
AND `t8`.`event_at` >= `t24`.`read_from`
AND `t8`.`event_at` < `t24`.`analysis_end_at`
) AS `t26`
WHERE
(
(
`t26`.`event_at` >= `t26`.`exposed_at`
)
AND (
`t26`.`event_at` < (
`t26`.`ends_at` + INTERVAL '0' SECOND
)
)
)
OR (
(
`t26`.`event_at` >= `t26`.`exposed_at`
)
AND (
`t26`.`event_at` < `t26`.`window_end__5d`
)
)
) AS `t30`
LEFT SEMI JOIN (
SELECT
`t0`.`partition_key`,
`t0`.`experiment_id`,
CASE `t0`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t0`.`partition_date`
FROM (
select * from stale_partitions
) AS `t0`
WHERE
`t0`.`fact` = 'orders' AND `t0`.`inputs_hash` <> -1
) AS `t14`
ON `t30`.`experiment_number` = `t14`.`experiment_number`
AND `t30`.`partition_date` = `t14`.`partition_date`
) AS `t33`
) AS `t36`
GROUP BY
1,
2,
3,
4
) AS `t38`
GROUP BY
1,
2,
3
) AS `t43`
INNER JOIN (
SELECT
`t0`.`partition_key`,
`t0`.`experiment_id`,
CASE `t0`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t0`.`partition_date`
FROM (
select * from stale_partitions
) AS `t0`
WHERE
`t0`.`fact` = 'orders' AND `t0`.`inputs_hash` <> -1
) AS `t14`
ON `t43`.`experiment_number` = `t14`.`experiment_number`
AND `t43`.`partition_date` = `t14`.`partition_date`
) AS `t44`
) AS `t45`
WHERE
ISNOTNULL(`t45`.`value_7ab10653__any__experiment`)
OR ISNOTNULL(`t45`.`value_7ab10653__any__1d_to_7d`)
OR ISNOTNULL(`t45`.`value_7ab10653__sum__7d`)
OR (
`t45`.`value_7ab10653__instants__end_7d` IS NOT NULL
)
OR (
`t45`.`weight_2d30ad4f__first__end_0d` IS NOT NULL
)
OR ISNOTNULL(`t45`.`value_7ab10653__sum__experiment`)
OR (
`t45`.`label_4f1767c6__distinct__experiment` IS NOT NULL
)
OR ISNOTNULL(`t45`.`value_7ab10653__count__experiment`)
OR ISNOTNULL(`t45`.`value_7ab10653__grid_e20aa156_01__experiment`)
OR ISNOTNULL(`t45`.`value_7ab10653__grid_e20aa156_02__experiment`)
OR ISNOTNULL(`t45`.`value_7ab10653__sum__5d`)
OR ISNOTNULL(`t45`.`weight_2d30ad4f__sum__5d`)
) AS `t48`
UNION ALL
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
`t25`.`partition_key`,
`t25`.`experiment_id`,
`t25`.`fact`,
`t25`.`partition_date`,
`t25`.`unit_id`,
`t25`.`inputs_hash`,
`t25`.`value_7ab10653__any__experiment`,
`t25`.`value_7ab10653__any__1d_to_7d`,
`t25`.`value_7ab10653__sum__7d`,
`t25`.`value_7ab10653__instants__end_7d`,
`t25`.`weight_2d30ad4f__first__end_0d`,
`t25`.`value_7ab10653__sum__experiment`,
`t25`.`label_4f1767c6__distinct__experiment`,
`t25`.`value_7ab10653__count__experiment`,
`t25`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t25`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t25`.`value_7ab10653__sum__5d`,
`t25`.`weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t6`.`partition_key`,
`t6`.`experiment_id`,
`t6`.`fact`,
`t6`.`partition_date`,
`t6`.`inputs_hash`,
`t22`.`nobody_id` AS `unit_id`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__any__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__any__1d_to_7d`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__sum__7d`,
CAST(NULL AS ARRAY<TIMESTAMP>) AS `value_7ab10653__instants__end_7d`,
CAST(NULL AS TIMESTAMP) AS `weight_2d30ad4f__first__end_0d`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__sum__experiment`,
CAST(NULL AS ARRAY<STRING>) AS `label_4f1767c6__distinct__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__count__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__grid_e20aa156_01__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__grid_e20aa156_02__experiment`,
CAST(NULL AS DOUBLE) AS `value_7ab10653__sum__5d`,
CAST(NULL AS DOUBLE) AS `weight_2d30ad4f__sum__5d`
FROM (
select * from stale_partitions
) AS `t6`
LEFT OUTER JOIN (
SELECT
`t20`.`unit_id_text`,
`t20`.`unit_id` AS `nobody_id`
FROM (
SELECT
`t19`.`experiment_id`,
`t19`.`unit_id`,
`t19`.`unit_id_text`,
`t19`.`variant_id`,
`t19`.`exposed_at`,
`t19`.`first_seen_at`,
`t19`.`stratum`,
`t19`.`segment__platform`,
`t19`.`starts_at`,
`t19`.`ends_at`,
`t19`.`analysis_date`,
`t19`.`analysis_end_at`,
`t19`.`experiment_number`,
`t19`.`read_from`,
`t19`.`is_observable`,
`t19`.`window_end__experiment`,
`t19`.`window_end__7d`,
`t19`.`window_end__5d`,
`t19`.`grid_e20aa156_01`,
`t19`.`grid_e20aa156_02`
FROM (
SELECT
`t18`.`experiment_id`,
`t18`.`unit_id`,
`t18`.`unit_id_text`,
`t18`.`variant_id`,
`t18`.`exposed_at`,
`t18`.`first_seen_at`,
`t18`.`stratum`,
`t18`.`segment__platform`,
`t18`.`starts_at`,
`t18`.`ends_at`,
`t18`.`analysis_date`,
`t18`.`analysis_end_at`,
`t18`.`experiment_number`,
`t18`.`read_from`,
`t18`.`is_observable`,
`t18`.`window_end__experiment`,
`t18`.`window_end__7d`,
`t18`.`window_end__5d`,
`t7`.`experiment_id` AS `experiment_id_right`,
`t7`.`grid_e20aa156_01`,
`t7`.`grid_e20aa156_02`
FROM (
SELECT
`t16`.`experiment_id`,
`t16`.`unit_id`,
`t16`.`unit_id_text`,
`t16`.`variant_id`,
`t16`.`exposed_at`,
`t16`.`first_seen_at`,
`t16`.`stratum`,
`t16`.`segment__platform`,
`t16`.`starts_at`,
`t16`.`ends_at`,
`t16`.`analysis_date`,
`t16`.`analysis_end_at`,
CASE `t16`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t16`.`starts_at`, `t16`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t16`.`first_seen_at` IS NULL
)
OR (
`t16`.`first_seen_at` <= (
`t16`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t16`.`experiment_id` = 'e1'
THEN `t16`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t16`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t16`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
FROM (
SELECT
`t9`.`experiment_id`,
`t9`.`unit_id`,
`t9`.`unit_id_text`,
`t9`.`variant_id`,
`t9`.`exposed_at`,
`t9`.`first_seen_at`,
`t9`.`stratum`,
`t9`.`segment__platform`,
`t11`.`starts_at`,
`t11`.`ends_at`,
`t11`.`analysis_date`,
`t11`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t9`
INNER JOIN (
select * from dates
) AS `t11`
ON `t9`.`experiment_id` = `t11`.`experiment_id`
) AS `t16`
WHERE
`t16`.`exposed_at` < `t16`.`analysis_end_at`
) AS `t18`
LEFT OUTER JOIN (
select experiment_id,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 1 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_01`,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 2 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_02`
from grids group by experiment_id
) AS `t7`
ON `t18`.`experiment_id` = `t7`.`experiment_id`
) AS `t19`
) AS `t20`
WHERE
FALSE
) AS `t22`
ON `t6`.`partition_key` = `t22`.`unit_id_text`
) AS `t25`
) AS `t28`
UNION ALL
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
`t40`.`partition_key`,
`t40`.`experiment_id`,
`t40`.`fact`,
`t40`.`partition_date`,
`t40`.`unit_id`,
`t40`.`inputs_hash`,
`t40`.`value_7ab10653__any__experiment`,
`t40`.`value_7ab10653__any__1d_to_7d`,
`t40`.`value_7ab10653__sum__7d`,
`t40`.`value_7ab10653__instants__end_7d`,
`t40`.`weight_2d30ad4f__first__end_0d`,
`t40`.`value_7ab10653__sum__experiment`,
`t40`.`label_4f1767c6__distinct__experiment`,
`t40`.`value_7ab10653__count__experiment`,
`t40`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t40`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t40`.`value_7ab10653__sum__5d`,
`t40`.`weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t15`.`partition_key`,
`t15`.`experiment_id`,
`t39`.`partition_date`,
`t39`.`unit_id`,
'events' AS `fact`,
CAST(NULL AS BIGINT) AS `inputs_hash`,
`t39`.`value_7ab10653__any__experiment`,
`t39`.`value_7ab10653__any__1d_to_7d`,
`t39`.`value_7ab10653__sum__7d`,
`t39`.`value_7ab10653__instants__end_7d`,
CAST(NULL AS TIMESTAMP) AS `weight_2d30ad4f__first__end_0d`,
`t39`.`value_7ab10653__sum__experiment`,
`t39`.`label_4f1767c6__distinct__experiment`,
`t39`.`value_7ab10653__count__experiment`,
`t39`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t39`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t39`.`value_7ab10653__sum__5d`,
CAST(NULL AS DOUBLE) AS `weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t35`.`experiment_number`,
`t35`.`partition_date`,
`t35`.`unit_id`,
MAX(
IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < `t35`.`window_end__experiment`
),
CAST(CAST(`t35`.`value_7ab10653` <> 0 AS INT) AS DOUBLE),
NULL
)
) AS `value_7ab10653__any__experiment`,
MAX(
IF(
(
`t35`.`event_at` >= (
`t35`.`exposed_at` + INTERVAL '86400' SECOND
)
)
AND (
`t35`.`event_at` < `t35`.`window_end__7d`
),
CAST(CAST(`t35`.`value_7ab10653` <> 0 AS INT) AS DOUBLE),
NULL
)
) AS `value_7ab10653__any__1d_to_7d`,
SUM(
IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < `t35`.`window_end__7d`
),
`t35`.`value_7ab10653`,
NULL
)
) AS `value_7ab10653__sum__7d`,
COLLECT_LIST(
DISTINCT IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < (
`t35`.`ends_at` + INTERVAL '604800' SECOND
)
)
AND (
`t35`.`value_7ab10653` <> 0
),
`t35`.`event_at`,
CAST(NULL AS TIMESTAMP)
)
) AS `value_7ab10653__instants__end_7d`,
SUM(
IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < `t35`.`window_end__experiment`
),
`t35`.`value_7ab10653`,
NULL
)
) AS `value_7ab10653__sum__experiment`,
COLLECT_LIST(
DISTINCT IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < `t35`.`window_end__experiment`
),
`t35`.`label_4f1767c6`,
CAST(NULL AS STRING)
)
) AS `label_4f1767c6__distinct__experiment`,
NULLIF(
CAST(COUNT(
IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < `t35`.`window_end__experiment`
),
`t35`.`value_7ab10653`,
NULL
)
) AS DOUBLE),
CAST(0.0 AS DOUBLE)
) AS `value_7ab10653__count__experiment`,
NULLIF(
SUM(
IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < `t35`.`window_end__experiment`
)
AND (
`t35`.`value_7ab10653` <= `t35`.`grid_e20aa156_01`
),
CAST(1.0 AS DOUBLE),
CAST(0.0 AS DOUBLE)
)
),
CAST(0.0 AS DOUBLE)
) AS `value_7ab10653__grid_e20aa156_01__experiment`,
NULLIF(
SUM(
IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < `t35`.`window_end__experiment`
)
AND (
`t35`.`value_7ab10653` <= `t35`.`grid_e20aa156_02`
),
CAST(1.0 AS DOUBLE),
CAST(0.0 AS DOUBLE)
)
),
CAST(0.0 AS DOUBLE)
) AS `value_7ab10653__grid_e20aa156_02__experiment`,
SUM(
IF(
(
`t35`.`event_at` >= `t35`.`exposed_at`
)
AND (
`t35`.`event_at` < `t35`.`window_end__5d`
),
`t35`.`value_7ab10653`,
NULL
)
) AS `value_7ab10653__sum__5d`
FROM (
SELECT
`t34`.`unit_id_right` AS `unit_id`,
`t34`.`event_at`,
`t34`.`value_7ab10653`,
`t34`.`label_4f1767c6`,
`t34`.`experiment_id`,
`t34`.`unit_id_right`,
`t34`.`unit_id_text`,
`t34`.`variant_id`,
`t34`.`exposed_at`,
`t34`.`first_seen_at`,
`t34`.`stratum`,
`t34`.`segment__platform`,
`t34`.`starts_at`,
`t34`.`ends_at`,
`t34`.`analysis_date`,
`t34`.`analysis_end_at`,
`t34`.`experiment_number`,
`t34`.`read_from`,
`t34`.`is_observable`,
`t34`.`window_end__experiment`,
`t34`.`window_end__7d`,
`t34`.`window_end__5d`,
`t34`.`grid_e20aa156_01`,
`t34`.`grid_e20aa156_02`,
`t34`.`partition_date`
FROM (
SELECT
`t32`.`unit_id`,
`t32`.`event_at`,
`t32`.`value_7ab10653`,
`t32`.`label_4f1767c6`,
`t32`.`experiment_id`,
`t32`.`unit_id_right`,
`t32`.`unit_id_text`,
`t32`.`variant_id`,
`t32`.`exposed_at`,
`t32`.`first_seen_at`,
`t32`.`stratum`,
`t32`.`segment__platform`,
`t32`.`starts_at`,
`t32`.`ends_at`,
`t32`.`analysis_date`,
`t32`.`analysis_end_at`,
`t32`.`experiment_number`,
`t32`.`read_from`,
`t32`.`is_observable`,
`t32`.`window_end__experiment`,
`t32`.`window_end__7d`,
`t32`.`window_end__5d`,
`t32`.`grid_e20aa156_01`,
`t32`.`grid_e20aa156_02`,
`t32`.`partition_date`
FROM (
SELECT
`t27`.`unit_id`,
`t27`.`event_at`,
`t27`.`value_7ab10653`,
`t27`.`label_4f1767c6`,
`t27`.`experiment_id`,
`t27`.`unit_id_right`,
`t27`.`unit_id_text`,
`t27`.`variant_id`,
`t27`.`exposed_at`,
`t27`.`first_seen_at`,
`t27`.`stratum`,
`t27`.`segment__platform`,
`t27`.`starts_at`,
`t27`.`ends_at`,
`t27`.`analysis_date`,
`t27`.`analysis_end_at`,
`t27`.`experiment_number`,
`t27`.`read_from`,
`t27`.`is_observable`,
`t27`.`window_end__experiment`,
`t27`.`window_end__7d`,
`t27`.`window_end__5d`,
`t27`.`grid_e20aa156_01`,
`t27`.`grid_e20aa156_02`,
CAST(`t27`.`event_at` AS DATE) AS `partition_date`
FROM (
SELECT
`t10`.`unit_id`,
`t10`.`event_at`,
`t10`.`value_7ab10653`,
`t10`.`label_4f1767c6`,
`t24`.`experiment_id`,
`t24`.`unit_id` AS `unit_id_right`,
`t24`.`unit_id_text`,
`t24`.`variant_id`,
`t24`.`exposed_at`,
`t24`.`first_seen_at`,
`t24`.`stratum`,
`t24`.`segment__platform`,
`t24`.`starts_at`,
`t24`.`ends_at`,
`t24`.`analysis_date`,
`t24`.`analysis_end_at`,
`t24`.`experiment_number`,
`t24`.`read_from`,
`t24`.`is_observable`,
`t24`.`window_end__experiment`,
`t24`.`window_end__7d`,
`t24`.`window_end__5d`,
`t24`.`grid_e20aa156_01`,
`t24`.`grid_e20aa156_02`
FROM (
select * from (select (user_id) as unit_id, (event_at) as event_at, cast((value
) as DOUBLE) as `value_7ab10653`, cast((label
) as STRING) as `label_4f1767c6` from events) as events where event_at >= (select cast(min(partition_date) as timestamp) from stale_partitions where fact = 'events' and inputs_hash <> -1) and cast(event_at as date) in (select partition_date from stale_partitions where fact = 'events' and inputs_hash <> -1)
) AS `t10`
INNER JOIN (
SELECT
*
FROM (
SELECT
`t19`.`experiment_id`,
`t19`.`unit_id`,
`t19`.`unit_id_text`,
`t19`.`variant_id`,
`t19`.`exposed_at`,
`t19`.`first_seen_at`,
`t19`.`stratum`,
`t19`.`segment__platform`,
`t19`.`starts_at`,
`t19`.`ends_at`,
`t19`.`analysis_date`,
`t19`.`analysis_end_at`,
`t19`.`experiment_number`,
`t19`.`read_from`,
`t19`.`is_observable`,
`t19`.`window_end__experiment`,
`t19`.`window_end__7d`,
`t19`.`window_end__5d`,
`t19`.`grid_e20aa156_01`,
`t19`.`grid_e20aa156_02`
FROM (
SELECT
`t18`.`experiment_id`,
`t18`.`unit_id`,
`t18`.`unit_id_text`,
`t18`.`variant_id`,
`t18`.`exposed_at`,
`t18`.`first_seen_at`,
`t18`.`stratum`,
`t18`.`segment__platform`,
`t18`.`starts_at`,
`t18`.`ends_at`,
`t18`.`analysis_date`,
`t18`.`analysis_end_at`,
`t18`.`experiment_number`,
`t18`.`read_from`,
`t18`.`is_observable`,
`t18`.`window_end__experiment`,
`t18`.`window_end__7d`,
`t18`.`window_end__5d`,
`t7`.`experiment_id` AS `experiment_id_right`,
`t7`.`grid_e20aa156_01`,
`t7`.`grid_e20aa156_02`
FROM (
SELECT
`t16`.`experiment_id`,
`t16`.`unit_id`,
`t16`.`unit_id_text`,
`t16`.`variant_id`,
`t16`.`exposed_at`,
`t16`.`first_seen_at`,
`t16`.`stratum`,
`t16`.`segment__platform`,
`t16`.`starts_at`,
`t16`.`ends_at`,
`t16`.`analysis_date`,
`t16`.`analysis_end_at`,
CASE `t16`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t16`.`starts_at`, `t16`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t16`.`first_seen_at` IS NULL
)
OR (
`t16`.`first_seen_at` <= (
`t16`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t16`.`experiment_id` = 'e1'
THEN `t16`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t16`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t16`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
FROM (
SELECT
`t9`.`experiment_id`,
`t9`.`unit_id`,
`t9`.`unit_id_text`,
`t9`.`variant_id`,
`t9`.`exposed_at`,
`t9`.`first_seen_at`,
`t9`.`stratum`,
`t9`.`segment__platform`,
`t11`.`starts_at`,
`t11`.`ends_at`,
`t11`.`analysis_date`,
`t11`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t9`
INNER JOIN (
select * from dates
) AS `t11`
ON `t9`.`experiment_id` = `t11`.`experiment_id`
) AS `t16`
WHERE
`t16`.`exposed_at` < `t16`.`analysis_end_at`
) AS `t18`
LEFT OUTER JOIN (
select experiment_id,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 1 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_01`,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 2 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_02`
from grids group by experiment_id
) AS `t7`
ON `t18`.`experiment_id` = `t7`.`experiment_id`
) AS `t19`
) AS `t20`
WHERE
`t20`.`experiment_id` IN ('e1')
) AS `t24`
ON `t10`.`unit_id` = `t24`.`unit_id`
AND `t10`.`event_at` >= `t24`.`read_from`
AND `t10`.`event_at` < `t24`.`analysis_end_at`
) AS `t27`
WHERE
(
(
`t27`.`event_at` >= `t27`.`exposed_at`
)
AND (
`t27`.`event_at` < `t27`.`window_end__experiment`
)
)
OR (
(
`t27`.`event_at` >= (
`t27`.`exposed_at` + INTERVAL '86400' SECOND
)
)
AND (
`t27`.`event_at` < `t27`.`window_end__7d`
)
)
OR (
(
`t27`.`event_at` >= `t27`.`exposed_at`
)
AND (
`t27`.`event_at` < `t27`.`window_end__7d`
)
)
OR (
(
`t27`.`event_at` >= `t27`.`exposed_at`
)
AND (
`t27`.`event_at` < (
`t27`.`ends_at` + INTERVAL '604800' SECOND
)
)
)
OR (
(
`t27`.`event_at` >= `t27`.`exposed_at`
)
AND (
`t27`.`event_at` < `t27`.`window_end__5d`
)
)
) AS `t32`
LEFT SEMI JOIN (
SELECT
`t0`.`partition_key`,
`t0`.`experiment_id`,
CASE `t0`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t0`.`partition_date`
FROM (
select * from stale_partitions
) AS `t0`
WHERE
`t0`.`fact` = 'events' AND `t0`.`inputs_hash` <> -1
) AS `t15`
ON `t32`.`experiment_number` = `t15`.`experiment_number`
AND `t32`.`partition_date` = `t15`.`partition_date`
) AS `t34`
) AS `t35`
GROUP BY
1,
2,
3
) AS `t39`
INNER JOIN (
SELECT
`t0`.`partition_key`,
`t0`.`experiment_id`,
CASE `t0`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t0`.`partition_date`
FROM (
select * from stale_partitions
) AS `t0`
WHERE
`t0`.`fact` = 'events' AND `t0`.`inputs_hash` <> -1
) AS `t15`
ON `t39`.`experiment_number` = `t15`.`experiment_number`
AND `t39`.`partition_date` = `t15`.`partition_date`
) AS `t40`
) AS `t42`
WHERE
ISNOTNULL(`t42`.`value_7ab10653__any__experiment`)
OR ISNOTNULL(`t42`.`value_7ab10653__any__1d_to_7d`)
OR ISNOTNULL(`t42`.`value_7ab10653__sum__7d`)
OR (
`t42`.`value_7ab10653__instants__end_7d` IS NOT NULL
)
OR (
`t42`.`weight_2d30ad4f__first__end_0d` IS NOT NULL
)
OR ISNOTNULL(`t42`.`value_7ab10653__sum__experiment`)
OR (
`t42`.`label_4f1767c6__distinct__experiment` IS NOT NULL
)
OR ISNOTNULL(`t42`.`value_7ab10653__count__experiment`)
OR ISNOTNULL(`t42`.`value_7ab10653__grid_e20aa156_01__experiment`)
OR ISNOTNULL(`t42`.`value_7ab10653__grid_e20aa156_02__experiment`)
OR ISNOTNULL(`t42`.`value_7ab10653__sum__5d`)
OR ISNOTNULL(`t42`.`weight_2d30ad4f__sum__5d`)
) AS `t46`
) AS `t47`
) as unit_days
