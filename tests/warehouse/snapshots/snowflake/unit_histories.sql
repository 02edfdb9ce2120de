with stale_partitions as (
with planned as (
select declared.*, dates.analysis_date
from (SELECT
CAST("experiment_id" AS VARCHAR) AS "experiment_id",
CAST("fact" AS VARCHAR) AS "fact",
CAST("plan_hash" AS VARCHAR) AS "plan_hash",
CAST("start_date" AS DATE) AS "start_date",
CAST("end_date" AS DATE) AS "end_date"
FROM (VALUES
('e1', 'events', '7e6d50e1467e47c8', '2026-01-05', '2026-01-22'),
('e1', 'orders', 'a5d3a919d53bd3d6', '2026-01-05', '2026-01-22')) AS declared("experiment_id", "fact", "plan_hash", "start_date", "end_date")) as declared
inner join dates as dates on declared.experiment_id = dates.experiment_id
),
current_partitions as (
select
planned.experiment_id,
planned.fact,
exposed.exposure_date as partition_date,
bitand(hash(planned.plan_hash, exposed.n_units, exposed.fingerprint, sum(days.n_events), sum(days.fingerprint)), 4294967295) as inputs_hash
from planned
inner join exposure_days as exposed
on
planned.experiment_id = exposed.experiment_id
and exposed.exposure_date <= planned.analysis_date
left join fact_days as days
on
planned.fact = days.fact
and days.event_date <= exposed.exposure_date
and (days.event_date >= planned.start_date or days.event_date >= DATEADD(DAY, 7 * -1, exposed.exposure_date))
group by
planned.experiment_id,
planned.fact,
planned.plan_hash,
exposed.exposure_date,
exposed.n_units,
exposed.fingerprint
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
WITH "t14" AS (
SELECT
"t7"."experiment_id",
"t7"."unit_id",
"t7"."unit_id_text",
"t7"."variant_id",
"t7"."exposed_at",
"t7"."first_seen_at",
"t7"."stratum",
"t7"."segment__platform",
"t9"."starts_at",
"t9"."ends_at",
"t9"."analysis_date",
"t9"."analysis_end_at"
FROM (
select *, cast(unit_id as VARCHAR) as unit_id_text from exposures
) AS "t7"
INNER JOIN (
select * from dates
) AS "t9"
ON "t7"."experiment_id" = "t9"."experiment_id"
)
SELECT
*
FROM (
SELECT
"t36"."partition_key",
"t36"."experiment_id",
"t36"."fact",
"t36"."partition_date",
"t36"."unit_id",
"t36"."inputs_hash",
"t36"."value_7ab10653__sum__before_7d",
"t36"."is_active_before_exposure"
FROM (
SELECT
"t12"."partition_key",
"t12"."experiment_id",
"t34"."partition_date",
"t34"."unit_id",
'orders' AS "fact",
CAST(NULL AS BIGINT) AS "inputs_hash",
CAST(NULL AS DOUBLE) AS "value_7ab10653__sum__before_7d",
"t34"."is_active_before_exposure"
FROM (
SELECT
"t31"."experiment_number",
"t31"."partition_date",
"t31"."unit_id",
MAX("t31"."is_active_before_exposure") AS "is_active_before_exposure"
FROM (
SELECT
"t30"."experiment_number",
"t30"."partition_date",
"t30"."unit_id",
"t30"."phase",
MAX(
(
"t30"."event_at" >= "t30"."starts_at"
)
AND (
"t30"."event_at" < "t30"."exposed_at"
)
) AS "is_active_before_exposure"
FROM (
SELECT
"t28"."unit_id_right" AS "unit_id",
"t28"."event_at",
"t28"."weight_2d30ad4f",
"t28"."experiment_id",
"t28"."unit_id_right",
"t28"."unit_id_text",
"t28"."variant_id",
"t28"."exposed_at",
"t28"."first_seen_at",
"t28"."stratum",
"t28"."segment__platform",
"t28"."starts_at",
"t28"."ends_at",
"t28"."analysis_date",
"t28"."analysis_end_at",
"t28"."experiment_number",
"t28"."read_from",
"t28"."is_observable",
"t28"."window_end__experiment",
"t28"."window_end__7d",
"t28"."window_end__5d",
"t28"."partition_date",
CAST(0 AS BIGINT) AS "phase"
FROM (
SELECT
"t6"."unit_id",
"t6"."event_at",
"t6"."weight_2d30ad4f",
"t26"."experiment_id",
"t26"."unit_id" AS "unit_id_right",
"t26"."unit_id_text",
"t26"."variant_id",
"t26"."exposed_at",
"t26"."first_seen_at",
"t26"."stratum",
"t26"."segment__platform",
"t26"."starts_at",
"t26"."ends_at",
"t26"."analysis_date",
"t26"."analysis_end_at",
"t26"."experiment_number",
"t26"."read_from",
"t26"."is_observable",
"t26"."window_end__experiment",
"t26"."window_end__7d",
"t26"."window_end__5d",
"t26"."partition_date"
FROM (
select * from (select (user_id) as unit_id, (event_at) as event_at, cast((weight
) as DOUBLE) as "weight_2d30ad4f" from orders) as events where event_at >= (select least(cast(DATEADD(DAY, 8 * -1, MIN(partition_date)) as timestamp), cast('2026-01-05' as timestamp)) from stale_partitions where fact = 'orders' and inputs_hash <> -1)
) AS "t6"
INNER JOIN (
SELECT
*
FROM (
SELECT
"t19"."experiment_id",
"t19"."unit_id",
"t19"."unit_id_text",
"t19"."variant_id",
"t19"."exposed_at",
"t19"."first_seen_at",
"t19"."stratum",
"t19"."segment__platform",
"t19"."starts_at",
"t19"."ends_at",
"t19"."analysis_date",
"t19"."analysis_end_at",
"t19"."experiment_number",
"t19"."read_from",
"t19"."is_observable",
"t19"."window_end__experiment",
"t19"."window_end__7d",
"t19"."window_end__5d",
"t19"."partition_date"
FROM (
SELECT
"t15"."experiment_id",
"t15"."unit_id",
"t15"."unit_id_text",
"t15"."variant_id",
"t15"."exposed_at",
"t15"."first_seen_at",
"t15"."stratum",
"t15"."segment__platform",
"t15"."starts_at",
"t15"."ends_at",
"t15"."analysis_date",
"t15"."analysis_end_at",
CASE "t15"."experiment_id" WHEN 'e1' THEN 0 ELSE -1 END AS "experiment_number",
LEAST("t15"."starts_at", DATEADD(SECOND, -'604800', "t15"."exposed_at")) AS "read_from",
(
"t15"."first_seen_at" IS NULL
)
OR (
"t15"."first_seen_at" <= DATEADD(SECOND, -'86400', "t15"."exposed_at")
) AS "is_observable",
CASE
WHEN "t15"."experiment_id" = 'e1'
THEN "t15"."ends_at"
ELSE CAST(NULL AS TIMESTAMP(6))
END AS "window_end__experiment",
DATEADD(SECOND, '604800', "t15"."exposed_at") AS "window_end__7d",
DATEADD(SECOND, '432000', "t15"."exposed_at") AS "window_end__5d",
TO_DATE("t15"."exposed_at") AS "partition_date"
FROM "t14" AS "t15"
WHERE
"t15"."exposed_at" < "t15"."analysis_end_at"
) AS "t19"
WHERE
EXISTS(
SELECT
1
FROM (
SELECT
"t0"."partition_key",
"t0"."experiment_id",
CASE "t0"."experiment_id" WHEN 'e1' THEN 0 ELSE -1 END AS "experiment_number",
"t0"."partition_date"
FROM (
select * from stale_partitions
) AS "t0"
WHERE
"t0"."fact" = 'orders' AND "t0"."inputs_hash" <> -1
) AS "t12"
WHERE
"t19"."experiment_number" = "t12"."experiment_number"
AND "t19"."partition_date" = "t12"."partition_date"
)
) AS "t21"
WHERE
"t21"."experiment_id" IN ('e1')
) AS "t26"
ON "t6"."unit_id" = "t26"."unit_id"
AND "t6"."event_at" >= "t26"."read_from"
AND "t6"."event_at" < "t26"."analysis_end_at"
) AS "t28"
WHERE
"t28"."event_at" < "t28"."exposed_at"
) AS "t30"
GROUP BY
1,
2,
3,
4
) AS "t31"
GROUP BY
1,
2,
3
) AS "t34"
INNER JOIN (
SELECT
"t0"."partition_key",
"t0"."experiment_id",
CASE "t0"."experiment_id" WHEN 'e1' THEN 0 ELSE -1 END AS "experiment_number",
"t0"."partition_date"
FROM (
select * from stale_partitions
) AS "t0"
WHERE
"t0"."fact" = 'orders' AND "t0"."inputs_hash" <> -1
) AS "t12"
ON "t34"."experiment_number" = "t12"."experiment_number"
AND "t34"."partition_date" = "t12"."partition_date"
) AS "t36"
) AS "t37"
UNION ALL
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
"t20"."partition_key",
"t20"."experiment_id",
"t20"."fact",
"t20"."partition_date",
"t20"."unit_id",
"t20"."inputs_hash",
"t20"."value_7ab10653__sum__before_7d",
"t20"."is_active_before_exposure"
FROM (
SELECT
"t5"."partition_key",
"t5"."experiment_id",
"t5"."fact",
"t5"."partition_date",
"t5"."inputs_hash",
"t17"."nobody_id" AS "unit_id",
CAST(NULL AS DOUBLE) AS "value_7ab10653__sum__before_7d",
CAST(NULL AS BOOLEAN) AS "is_active_before_exposure"
FROM (
select * from stale_partitions
) AS "t5"
LEFT OUTER JOIN (
SELECT
"t15"."unit_id_text",
"t15"."unit_id" AS "nobody_id"
FROM "t14" AS "t15"
WHERE
"t15"."exposed_at" < "t15"."analysis_end_at" AND FALSE
) AS "t17"
ON "t5"."partition_key" = "t17"."unit_id_text"
) AS "t20"
) AS "t23"
UNION ALL
SELECT
*
FROM (
SELECT
"t40"."partition_key",
"t40"."experiment_id",
"t40"."fact",
"t40"."partition_date",
"t40"."unit_id",
"t40"."inputs_hash",
"t40"."value_7ab10653__sum__before_7d",
"t40"."is_active_before_exposure"
FROM (
SELECT
"t13"."partition_key",
"t13"."experiment_id",
"t39"."partition_date",
"t39"."unit_id",
'events' AS "fact",
CAST(NULL AS BIGINT) AS "inputs_hash",
"t39"."value_7ab10653__sum__before_7d",
"t39"."is_active_before_exposure"
FROM (
SELECT
"t35"."experiment_number",
"t35"."partition_date",
"t35"."unit_id",
MAX("t35"."is_active_before_exposure") AS "is_active_before_exposure",
SUM(
IFF(
(
BITAND("t35"."phase", 1)
) <> 0,
"t35"."value_7ab10653__sum",
CAST(NULL AS DOUBLE)
)
) AS "value_7ab10653__sum__before_7d"
FROM (
SELECT
"t32"."experiment_number",
"t32"."partition_date",
"t32"."unit_id",
"t32"."phase",
MAX(
(
"t32"."event_at" >= "t32"."starts_at"
)
AND (
"t32"."event_at" < "t32"."exposed_at"
)
) AS "is_active_before_exposure",
SUM("t32"."value_7ab10653") AS "value_7ab10653__sum"
FROM (
SELECT
"t29"."unit_id_right" AS "unit_id",
"t29"."event_at",
"t29"."value_7ab10653",
"t29"."label_4f1767c6",
"t29"."experiment_id",
"t29"."unit_id_right",
"t29"."unit_id_text",
"t29"."variant_id",
"t29"."exposed_at",
"t29"."first_seen_at",
"t29"."stratum",
"t29"."segment__platform",
"t29"."starts_at",
"t29"."ends_at",
"t29"."analysis_date",
"t29"."analysis_end_at",
"t29"."experiment_number",
"t29"."read_from",
"t29"."is_observable",
"t29"."window_end__experiment",
"t29"."window_end__7d",
"t29"."window_end__5d",
"t29"."partition_date",
CAST(0 + IFF(
(
"t29"."event_at" < "t29"."exposed_at"
)
AND (
"t29"."event_at" >= DATEADD(SECOND, -'604800', "t29"."exposed_at")
),
1,
0
) AS BIGINT) AS "phase"
FROM (
SELECT
"t8"."unit_id",
"t8"."event_at",
"t8"."value_7ab10653",
"t8"."label_4f1767c6",
"t27"."experiment_id",
"t27"."unit_id" AS "unit_id_right",
"t27"."unit_id_text",
"t27"."variant_id",
"t27"."exposed_at",
"t27"."first_seen_at",
"t27"."stratum",
"t27"."segment__platform",
"t27"."starts_at",
"t27"."ends_at",
"t27"."analysis_date",
"t27"."analysis_end_at",
"t27"."experiment_number",
"t27"."read_from",
"t27"."is_observable",
"t27"."window_end__experiment",
"t27"."window_end__7d",
"t27"."window_end__5d",
"t27"."partition_date"
FROM (
select * from (select (user_id) as unit_id, (event_at) as event_at, cast((value
) as DOUBLE) as "value_7ab10653", cast((label
) as VARCHAR) as "label_4f1767c6" from events) as events where event_at >= (select least(cast(DATEADD(DAY, 8 * -1, MIN(partition_date)) as timestamp), cast('2026-01-05' as timestamp)) from stale_partitions where fact = 'events' and inputs_hash <> -1)
) AS "t8"
INNER JOIN (
SELECT
*
FROM (
SELECT
"t19"."experiment_id",
"t19"."unit_id",
"t19"."unit_id_text",
"t19"."variant_id",
"t19"."exposed_at",
"t19"."first_seen_at",
"t19"."stratum",
"t19"."segment__platform",
"t19"."starts_at",
"t19"."ends_at",
"t19"."analysis_date",
"t19"."analysis_end_at",
"t19"."experiment_number",
"t19"."read_from",
"t19"."is_observable",
"t19"."window_end__experiment",
"t19"."window_end__7d",
"t19"."window_end__5d",
"t19"."partition_date"
FROM (
SELECT
"t15"."experiment_id",
"t15"."unit_id",
"t15"."unit_id_text",
"t15"."variant_id",
"t15"."exposed_at",
"t15"."first_seen_at",
"t15"."stratum",
"t15"."segment__platform",
"t15"."starts_at",
"t15"."ends_at",
"t15"."analysis_date",
"t15"."analysis_end_at",
CASE "t15"."experiment_id" WHEN 'e1' THEN 0 ELSE -1 END AS "experiment_number",
LEAST("t15"."starts_at", DATEADD(SECOND, -'604800', "t15"."exposed_at")) AS "read_from",
(
"t15"."first_seen_at" IS NULL
)
OR (
"t15"."first_seen_at" <= DATEADD(SECOND, -'86400', "t15"."exposed_at")
) AS "is_observable",
CASE
WHEN "t15"."experiment_id" = 'e1'
THEN "t15"."ends_at"
ELSE CAST(NULL AS TIMESTAMP(6))
END AS "window_end__experiment",
DATEADD(SECOND, '604800', "t15"."exposed_at") AS "window_end__7d",
DATEADD(SECOND, '432000', "t15"."exposed_at") AS "window_end__5d",
TO_DATE("t15"."exposed_at") AS "partition_date"
FROM "t14" AS "t15"
WHERE
"t15"."exposed_at" < "t15"."analysis_end_at"
) AS "t19"
WHERE
EXISTS(
SELECT
1
FROM (
SELECT
"t0"."partition_key",
"t0"."experiment_id",
CASE "t0"."experiment_id" WHEN 'e1' THEN 0 ELSE -1 END AS "experiment_number",
"t0"."partition_date"
FROM (
select * from stale_partitions
) AS "t0"
WHERE
"t0"."fact" = 'events' AND "t0"."inputs_hash" <> -1
) AS "t13"
WHERE
"t19"."experiment_number" = "t13"."experiment_number"
AND "t19"."partition_date" = "t13"."partition_date"
)
) AS "t22"
WHERE
"t22"."experiment_id" IN ('e1')
) AS "t27"
ON "t8"."unit_id" = "t27"."unit_id"
AND "t8"."event_at" >= "t27"."read_from"
AND "t8"."event_at" < "t27"."analysis_end_at"
) AS "t29"
WHERE
"t29"."event_at" < "t29"."exposed_at"
) AS "t32"
GROUP BY
1,
2,
3,
4
) AS "t35"
GROUP BY
1,
2,
3
) AS "t39"
INNER JOIN (
SELECT
"t0"."partition_key",
"t0"."experiment_id",
CASE "t0"."experiment_id" WHEN 'e1' THEN 0 ELSE -1 END AS "experiment_number",
"t0"."partition_date"
FROM (
select * from stale_partitions
) AS "t0"
WHERE
"t0"."fact" = 'events' AND "t0"."inputs_hash" <> -1
) AS "t13"
ON "t39"."experiment_number" = "t13"."experiment_number"
AND "t39"."partition_date" = "t13"."partition_date"
) AS "t40"
) AS "t41"
) AS "t42"
) as unit_days
