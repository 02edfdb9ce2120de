with sampled as (
SELECT
`t9`.`experiment_id`,
'p95' AS `metric_name`,
CAST(`t9`.`event_at` AS DATE) AS `event_date`,
`t9`.`value_7ab10653` AS `value`
FROM (
SELECT
`t3`.`unit_id`,
`t3`.`event_at`,
`t3`.`value_7ab10653`,
`t8`.`experiment_id`,
`t8`.`unit_id` AS `unit_id_right`,
`t8`.`unit_id_text`,
`t8`.`variant_id`,
`t8`.`exposed_at`,
`t8`.`first_seen_at`,
`t8`.`stratum`,
`t8`.`segment__platform`,
`t8`.`starts_at`,
`t8`.`ends_at`,
`t8`.`analysis_date`,
`t8`.`analysis_end_at`,
`t8`.`experiment_number`,
`t8`.`read_from`,
`t8`.`is_observable`,
`t8`.`window_end__experiment`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as DOUBLE) as `value_7ab10653` from events
) AS `t3`
INNER JOIN (
SELECT
`t6`.`experiment_id`,
`t6`.`unit_id`,
`t6`.`unit_id_text`,
`t6`.`variant_id`,
`t6`.`exposed_at`,
`t6`.`first_seen_at`,
`t6`.`stratum`,
`t6`.`segment__platform`,
`t6`.`starts_at`,
`t6`.`ends_at`,
`t6`.`analysis_date`,
`t6`.`analysis_end_at`,
CASE `t6`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t6`.`starts_at`, `t6`.`exposed_at` - INTERVAL '0' SECOND) AS `read_from`,
(
`t6`.`first_seen_at` IS NULL
)
OR (
`t6`.`first_seen_at` <= (
`t6`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t6`.`experiment_id` = 'e1'
THEN `t6`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`
FROM (
SELECT
`t4`.`experiment_id`,
`t4`.`unit_id`,
`t4`.`unit_id_text`,
`t4`.`variant_id`,
`t4`.`exposed_at`,
`t4`.`first_seen_at`,
`t4`.`stratum`,
`t4`.`segment__platform`,
`t5`.`starts_at`,
`t5`.`ends_at`,
`t5`.`analysis_date`,
`t5`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t4`
INNER JOIN (
select * from dates
) AS `t5`
ON `t4`.`experiment_id` = `t5`.`experiment_id`
) AS `t6`
WHERE
`t6`.`exposed_at` < `t6`.`analysis_end_at` AND `t6`.`experiment_id` IN ('e1')
) AS `t8`
ON `t3`.`unit_id` = `t8`.`unit_id`
AND `t3`.`event_at` >= `t8`.`read_from`
AND `t3`.`event_at` < `t8`.`analysis_end_at`
) AS `t9`
WHERE
`t9`.`experiment_id` IN ('e1')
AND `t9`.`event_at` >= `t9`.`exposed_at`
AND `t9`.`event_at` < `t9`.`window_end__experiment`
AND ABS(`t9`.`value_7ab10653`) <= CAST(1e+150 AS DOUBLE)
),
metrics as (
SELECT
CAST(`metric_name` AS STRING) AS `metric_name`,
CAST(`definition_hash` AS STRING) AS `definition_hash`,
CAST(`fact` AS STRING) AS `fact`,
CAST(`n_needed` AS BIGINT) AS `n_needed`
FROM VALUES
('p95', 'e20aa15602e44d4d', 'events', 10000) AS declared(`metric_name`, `definition_hash`, `fact`, `n_needed`)
),
levels as (
SELECT
CAST(`metric_name` AS STRING) AS `metric_name`,
CAST(`point` AS BIGINT) AS `point`,
CAST(`level` AS DOUBLE) AS `level`
FROM VALUES
('p95', 0, 0.9e0),
('p95', 1, 0.99e0) AS declared(`metric_name`, `point`, `level`)
),
days as (
select
experiment_id,
metric_name,
event_date,
sum(count(*)) over (
partition by experiment_id, metric_name order by event_date
) as n_until
from sampled
group by experiment_id, metric_name, event_date
),
periods as (
select
days.experiment_id,
days.metric_name,
min(case when days.n_until >= metrics.n_needed then days.event_date end) as frozen_date,
max(days.event_date) as last_date
from days
inner join metrics on days.metric_name = metrics.metric_name
group by days.experiment_id, days.metric_name
),
ranked as (
select
sampled.experiment_id,
sampled.metric_name,
sampled.value,
row_number() over (
partition by sampled.experiment_id, sampled.metric_name order by sampled.value
) as position,
dense_rank() over (
partition by sampled.experiment_id, sampled.metric_name order by sampled.value
) as value_position
from sampled
inner join periods
on
sampled.experiment_id = periods.experiment_id
and sampled.metric_name = periods.metric_name
and sampled.event_date <= coalesce(periods.frozen_date, periods.last_date)
),
totals as (
select
experiment_id,
metric_name,
max(position) as n_events,
max(value_position) as n_values
from ranked
group by experiment_id, metric_name
),
steps as (
select
ranked.experiment_id,
ranked.metric_name,
ranked.value,
count(*) as n_levels
from ranked
inner join totals
on
ranked.experiment_id = totals.experiment_id
and ranked.metric_name = totals.metric_name
inner join levels
on
ranked.metric_name = levels.metric_name
and ranked.position = greatest(1, ceil(levels.level * totals.n_events))
where totals.n_values > 32
group by ranked.experiment_id, ranked.metric_name, ranked.value
union all
select distinct
ranked.experiment_id,
ranked.metric_name,
ranked.value,
2 as n_levels
from ranked
inner join totals
on
ranked.experiment_id = totals.experiment_id
and ranked.metric_name = totals.metric_name
where totals.n_values <= 32
),
points as (
select experiment_id, metric_name, value, false as is_below from steps
union all
select experiment_id, metric_name, value, true as is_below from steps where n_levels > 1
)
select
points.experiment_id,
points.metric_name,
metrics.definition_hash,
metrics.fact,
row_number() over (
partition by points.experiment_id, points.metric_name
order by points.value, case when points.is_below then 0 else 1 end
) as point,
points.value,
points.is_below,
periods.frozen_date is not null as is_frozen
from points
inner join metrics on points.metric_name = metrics.metric_name
inner join periods
on
points.experiment_id = periods.experiment_id
and points.metric_name = periods.metric_name
