WITH `t12` AS (
SELECT
`t6`.`experiment_id`,
`t6`.`metric_name`,
`t6`.`definition_hash`,
`t6`.`scale_name`,
`t6`.`period_name`,
`t6`.`begins_at`,
`t6`.`declared`
FROM (
SELECT
CAST(`experiment_id` AS STRING) AS `experiment_id`,
CAST(`metric_name` AS STRING) AS `metric_name`,
CAST(`definition_hash` AS STRING) AS `definition_hash`,
CAST(`scale_name` AS STRING) AS `scale_name`,
CAST(`period_name` AS STRING) AS `period_name`,
CAST(`begins_at` AS DATETIME) AS `begins_at`,
CAST(`declared` AS FLOAT64) AS `declared`
FROM UNNEST([
STRUCT(
'e1' AS `experiment_id`,
'capped' AS `metric_name`,
'96144c3b6747652e' AS `definition_hash`,
'cap' AS `scale_name`,
'7d' AS `period_name`,
'2025-12-29 00:00:00' AS `begins_at`,
NULL AS `declared`
),
STRUCT(
'e1' AS `experiment_id`,
'score' AS `metric_name`,
'd1dbb147a9fbf648' AS `definition_hash`,
'total' AS `scale_name`,
'experiment' AS `period_name`,
'2025-12-26 00:00:00' AS `begins_at`,
NULL AS `declared`
)
]) AS declared
) AS `t6`
WHERE
NOT EXISTS(
SELECT
1
FROM (
select experiment_id, metric_name, definition_hash, scale_name from stored
) AS `t7`
WHERE
`t6`.`experiment_id` = `t7`.`experiment_id`
AND `t6`.`metric_name` = `t7`.`metric_name`
AND `t6`.`definition_hash` = `t7`.`definition_hash`
AND `t6`.`scale_name` = `t7`.`scale_name`
)
), `t34` AS (
SELECT
`t33`.`experiment_id`,
`t33`.`metric_name`,
`t33`.`definition_hash`,
`t33`.`scale_name`,
`t33`.`value`,
'pre_period' AS `source`,
DATE(TIMESTAMP_SUB(`t33`.`starts_at`, INTERVAL '1' DAY)) AS `frozen_date`,
`t33`.`n_units`
FROM (
SELECT
`t32`.`experiment_id`,
`t32`.`metric_name`,
`t32`.`definition_hash`,
`t32`.`scale_name`,
`t32`.`period_name`,
`t32`.`begins_at`,
`t32`.`declared`,
`t32`.`is_covered`,
`t32`.`scale_0`,
`t32`.`n_0`,
`t32`.`scale_1`,
`t32`.`n_1`,
`t32`.`value`,
`t32`.`n_units`,
`t8`.`starts_at`
FROM (
SELECT
`t30`.`experiment_id`,
`t30`.`metric_name`,
`t30`.`definition_hash`,
`t30`.`scale_name`,
`t30`.`period_name`,
`t30`.`begins_at`,
`t30`.`declared`,
`t30`.`is_covered`,
`t30`.`scale_0`,
`t30`.`n_0`,
`t30`.`scale_1`,
`t30`.`n_1`,
CASE
WHEN (
`t30`.`metric_name` = 'capped'
) AND (
`t30`.`scale_name` = 'cap'
)
THEN `t30`.`scale_0`
WHEN (
`t30`.`metric_name` = 'score'
) AND (
`t30`.`scale_name` = 'total'
)
THEN `t30`.`scale_1`
ELSE CAST(NULL AS FLOAT64)
END AS `value`,
CASE
WHEN (
`t30`.`metric_name` = 'capped'
) AND (
`t30`.`scale_name` = 'cap'
)
THEN `t30`.`n_0`
WHEN (
`t30`.`metric_name` = 'score'
) AND (
`t30`.`scale_name` = 'total'
)
THEN `t30`.`n_1`
ELSE CAST(NULL AS INT64)
END AS `n_units`
FROM (
SELECT
`t18`.`experiment_id`,
`t18`.`metric_name`,
`t18`.`definition_hash`,
`t18`.`scale_name`,
`t18`.`period_name`,
`t18`.`begins_at`,
`t18`.`declared`,
`t29`.`is_covered`,
`t29`.`scale_0`,
`t29`.`n_0`,
`t29`.`scale_1`,
`t29`.`n_1`
FROM (
SELECT
*
FROM `t12` AS `t14`
WHERE
`t14`.`declared` IS NULL
) AS `t18`
INNER JOIN (
SELECT
`t27`.`experiment_id`,
`t27`.`period_name`,
MIN(`t27`.`first_event_at`) < TIMESTAMP_ADD(MIN(`t27`.`begins_at`), INTERVAL '1' DAY) AS `is_covered`,
SUM(`t27`.`share_0`) AS `scale_0`,
COUNT(`t27`.`value_0`) AS `n_0`,
NULLIF(STDDEV_SAMP(`t27`.`value_1`), 0.0) AS `scale_1`,
COUNT(`t27`.`value_1`) AS `n_1`
FROM (
SELECT
`t26`.`experiment_id`,
`t26`.`period_name`,
`t26`.`unit_id`,
`t26`.`begins_at`,
`t26`.`first_event_at`,
`t26`.`value_7ab10653__sum__experiment`,
`t26`.`value_0`,
`t26`.`value_1`,
IF(
ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t26`.`experiment_id`, `t26`.`period_name`
ORDER BY `t26`.`value_0` ASC
) - 1
) - (
(
COUNT(`t26`.`value_0`) OVER (
PARTITION BY `t26`.`experiment_id`, `t26`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * 0.99
)
) < 1.0,
`t26`.`value_0` * (
1.0 - ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t26`.`experiment_id`, `t26`.`period_name`
ORDER BY `t26`.`value_0` ASC
) - 1
) - (
(
COUNT(`t26`.`value_0`) OVER (
PARTITION BY `t26`.`experiment_id`, `t26`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * 0.99
)
)
),
CAST(NULL AS FLOAT64)
) AS `share_0`
FROM (
SELECT
`t25`.`experiment_id`,
`t25`.`period_name`,
`t25`.`unit_id`,
`t25`.`begins_at`,
`t25`.`first_event_at`,
`t25`.`value_7ab10653__sum__experiment`,
COALESCE(`t25`.`value_7ab10653__sum__experiment`, 0.0) AS `value_0`,
COALESCE(`t25`.`value_7ab10653__sum__experiment`, 0.0) AS `value_1`
FROM (
SELECT
`t24`.`experiment_id`,
`t24`.`period_name`,
`t24`.`unit_id`,
`t24`.`begins_at`,
MIN(`t24`.`event_at`) AS `first_event_at`,
SUM(IF(TRUE, `t24`.`value_7ab10653`, NULL)) AS `value_7ab10653__sum__experiment`
FROM (
SELECT
`t9`.`unit_id`,
`t9`.`event_at`,
`t9`.`value_7ab10653`,
`t9`.`label_4f1767c6`,
`t23`.`experiment_id`,
`t23`.`period_name`,
`t23`.`begins_at`,
`t23`.`starts_at`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as FLOAT64) as `value_7ab10653`, cast((label
) as STRING) as `label_4f1767c6` from events
) AS `t9`
INNER JOIN (
SELECT
`t19`.`experiment_id`,
`t19`.`period_name`,
`t19`.`begins_at`,
`t8`.`starts_at`
FROM (
SELECT DISTINCT
`t14`.`experiment_id`,
`t14`.`period_name`,
`t14`.`begins_at`
FROM `t12` AS `t14`
WHERE
`t14`.`declared` IS NULL AND `t14`.`experiment_id` IN ('e1')
) AS `t19`
INNER JOIN (
select * from dates
) AS `t8`
ON `t19`.`experiment_id` = `t8`.`experiment_id`
) AS `t23`
ON `t9`.`event_at` >= `t23`.`begins_at` AND `t9`.`event_at` < `t23`.`starts_at`
) AS `t24`
GROUP BY
1,
2,
3,
4
) AS `t25`
) AS `t26`
) AS `t27`
GROUP BY
1,
2
) AS `t29`
ON `t18`.`experiment_id` = `t29`.`experiment_id`
AND `t18`.`period_name` = `t29`.`period_name`
) AS `t30`
) AS `t32`
INNER JOIN (
select * from dates
) AS `t8`
ON `t32`.`experiment_id` = `t8`.`experiment_id`
) AS `t33`
WHERE
`t33`.`n_units` >= 1000 AND `t33`.`is_covered` AND `t33`.`value` IS NOT NULL
), `t38` AS (
SELECT
`t18`.`experiment_id`,
`t18`.`metric_name`,
`t18`.`definition_hash`,
`t18`.`scale_name`,
`t18`.`period_name`,
`t18`.`begins_at`,
`t18`.`declared`
FROM (
SELECT
*
FROM `t12` AS `t14`
WHERE
`t14`.`declared` IS NULL
) AS `t18`
WHERE
NOT EXISTS(
SELECT
1
FROM `t34` AS `t37`
WHERE
`t18`.`experiment_id` = `t37`.`experiment_id`
AND `t18`.`metric_name` = `t37`.`metric_name`
AND `t18`.`definition_hash` = `t37`.`definition_hash`
AND `t18`.`scale_name` = `t37`.`scale_name`
)
), `t40` AS (
SELECT
*
FROM `t38` AS `t39`
WHERE
`t39`.`period_name` = '7d'
), `t41` AS (
SELECT
*
FROM `t38` AS `t39`
WHERE
`t39`.`period_name` = 'experiment'
), `t50` AS (
SELECT
`t49`.`experiment_id`,
`t49`.`unit_id`,
`t49`.`unit_id_text`,
`t49`.`variant_id`,
`t49`.`exposed_at`,
`t49`.`first_seen_at`,
`t49`.`stratum`,
`t49`.`segment__platform`,
`t49`.`starts_at`,
`t49`.`ends_at`,
`t49`.`analysis_date`,
`t49`.`analysis_end_at`,
`t49`.`experiment_number`,
`t49`.`read_from`,
`t49`.`is_observable`,
`t49`.`window_end__experiment`,
`t49`.`window_end__7d`,
`t49`.`window_end__5d`,
`t49`.`ends_at` AS `counts_until`,
`t49`.`ends_at` AS `frozen_at`
FROM (
SELECT
`t21`.`experiment_id`,
`t21`.`unit_id`,
`t21`.`unit_id_text`,
`t21`.`variant_id`,
`t21`.`exposed_at`,
`t21`.`first_seen_at`,
`t21`.`stratum`,
`t21`.`segment__platform`,
`t21`.`starts_at`,
`t21`.`ends_at`,
`t21`.`analysis_date`,
`t21`.`analysis_end_at`,
`t21`.`experiment_number`,
`t21`.`read_from`,
`t21`.`is_observable`,
`t21`.`window_end__experiment`,
`t21`.`window_end__7d`,
`t21`.`window_end__5d`
FROM (
SELECT
`t13`.`experiment_id`,
`t13`.`unit_id`,
`t13`.`unit_id_text`,
`t13`.`variant_id`,
`t13`.`exposed_at`,
`t13`.`first_seen_at`,
`t13`.`stratum`,
`t13`.`segment__platform`,
`t13`.`starts_at`,
`t13`.`ends_at`,
`t13`.`analysis_date`,
`t13`.`analysis_end_at`,
CASE `t13`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t13`.`starts_at`, TIMESTAMP_SUB(`t13`.`exposed_at`, INTERVAL '604800' SECOND)) AS `read_from`,
(
`t13`.`first_seen_at` IS NULL
)
OR (
`t13`.`first_seen_at` <= TIMESTAMP_SUB(`t13`.`exposed_at`, INTERVAL '86400' SECOND)
) AS `is_observable`,
CASE
WHEN `t13`.`experiment_id` = 'e1'
THEN `t13`.`ends_at`
ELSE CAST(NULL AS DATETIME)
END AS `window_end__experiment`,
TIMESTAMP_ADD(`t13`.`exposed_at`, INTERVAL '604800' SECOND) AS `window_end__7d`,
TIMESTAMP_ADD(`t13`.`exposed_at`, INTERVAL '432000' SECOND) AS `window_end__5d`
FROM (
SELECT
`t10`.`experiment_id`,
`t10`.`unit_id`,
`t10`.`unit_id_text`,
`t10`.`variant_id`,
`t10`.`exposed_at`,
`t10`.`first_seen_at`,
`t10`.`stratum`,
`t10`.`segment__platform`,
`t11`.`starts_at`,
`t11`.`ends_at`,
`t11`.`analysis_date`,
`t11`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t10`
INNER JOIN (
select * from dates
) AS `t11`
ON `t10`.`experiment_id` = `t11`.`experiment_id`
) AS `t13`
WHERE
`t13`.`exposed_at` < `t13`.`analysis_end_at` AND `t13`.`experiment_id` IN ('e1')
) AS `t21`
WHERE
EXISTS(
SELECT
1
FROM `t41` AS `t47`
WHERE
`t21`.`experiment_id` = `t47`.`experiment_id`
)
) AS `t49`
WHERE
`t49`.`ends_at` <= `t49`.`analysis_end_at`
), `t52` AS (
SELECT
`t48`.`experiment_id`,
`t48`.`unit_id`,
`t48`.`unit_id_text`,
`t48`.`variant_id`,
`t48`.`exposed_at`,
`t48`.`first_seen_at`,
`t48`.`stratum`,
`t48`.`segment__platform`,
`t48`.`starts_at`,
`t48`.`ends_at`,
`t48`.`analysis_date`,
`t48`.`analysis_end_at`,
`t48`.`experiment_number`,
`t48`.`read_from`,
`t48`.`is_observable`,
`t48`.`window_end__experiment`,
`t48`.`window_end__7d`,
`t48`.`window_end__5d`,
TIMESTAMP_ADD(`t48`.`exposed_at`, INTERVAL '604800' SECOND) AS `counts_until`,
ROW_NUMBER() OVER (
PARTITION BY `t48`.`experiment_id`
ORDER BY `t48`.`exposed_at` ASC, `t48`.`unit_id_text` ASC
) - 1 AS `position`
FROM (
SELECT
`t21`.`experiment_id`,
`t21`.`unit_id`,
`t21`.`unit_id_text`,
`t21`.`variant_id`,
`t21`.`exposed_at`,
`t21`.`first_seen_at`,
`t21`.`stratum`,
`t21`.`segment__platform`,
`t21`.`starts_at`,
`t21`.`ends_at`,
`t21`.`analysis_date`,
`t21`.`analysis_end_at`,
`t21`.`experiment_number`,
`t21`.`read_from`,
`t21`.`is_observable`,
`t21`.`window_end__experiment`,
`t21`.`window_end__7d`,
`t21`.`window_end__5d`
FROM (
SELECT
`t13`.`experiment_id`,
`t13`.`unit_id`,
`t13`.`unit_id_text`,
`t13`.`variant_id`,
`t13`.`exposed_at`,
`t13`.`first_seen_at`,
`t13`.`stratum`,
`t13`.`segment__platform`,
`t13`.`starts_at`,
`t13`.`ends_at`,
`t13`.`analysis_date`,
`t13`.`analysis_end_at`,
CASE `t13`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t13`.`starts_at`, TIMESTAMP_SUB(`t13`.`exposed_at`, INTERVAL '604800' SECOND)) AS `read_from`,
(
`t13`.`first_seen_at` IS NULL
)
OR (
`t13`.`first_seen_at` <= TIMESTAMP_SUB(`t13`.`exposed_at`, INTERVAL '86400' SECOND)
) AS `is_observable`,
CASE
WHEN `t13`.`experiment_id` = 'e1'
THEN `t13`.`ends_at`
ELSE CAST(NULL AS DATETIME)
END AS `window_end__experiment`,
TIMESTAMP_ADD(`t13`.`exposed_at`, INTERVAL '604800' SECOND) AS `window_end__7d`,
TIMESTAMP_ADD(`t13`.`exposed_at`, INTERVAL '432000' SECOND) AS `window_end__5d`
FROM (
SELECT
`t10`.`experiment_id`,
`t10`.`unit_id`,
`t10`.`unit_id_text`,
`t10`.`variant_id`,
`t10`.`exposed_at`,
`t10`.`first_seen_at`,
`t10`.`stratum`,
`t10`.`segment__platform`,
`t11`.`starts_at`,
`t11`.`ends_at`,
`t11`.`analysis_date`,
`t11`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t10`
INNER JOIN (
select * from dates
) AS `t11`
ON `t10`.`experiment_id` = `t11`.`experiment_id`
) AS `t13`
WHERE
`t13`.`exposed_at` < `t13`.`analysis_end_at` AND `t13`.`experiment_id` IN ('e1')
) AS `t21`
WHERE
EXISTS(
SELECT
1
FROM `t40` AS `t45`
WHERE
`t21`.`experiment_id` = `t45`.`experiment_id`
)
) AS `t48`
), `t67` AS (
SELECT
`t63`.`experiment_id`,
`t63`.`unit_id`,
`t63`.`unit_id_text`,
`t63`.`variant_id`,
`t63`.`exposed_at`,
`t63`.`first_seen_at`,
`t63`.`stratum`,
`t63`.`segment__platform`,
`t63`.`starts_at`,
`t63`.`ends_at`,
`t63`.`analysis_date`,
`t63`.`analysis_end_at`,
`t63`.`experiment_number`,
`t63`.`read_from`,
`t63`.`is_observable`,
`t63`.`window_end__experiment`,
`t63`.`window_end__7d`,
`t63`.`window_end__5d`,
`t63`.`counts_until`,
`t63`.`position`,
`t63`.`enough_at`,
COALESCE(
TIMESTAMP_ADD(
TIMESTAMP_TRUNC(TIMESTAMP_SUB(`t63`.`enough_at`, INTERVAL '1' MICROSECOND), DAY),
INTERVAL '1' DAY
),
TIMESTAMP_ADD(`t63`.`ends_at`, INTERVAL '604800' SECOND)
) AS `frozen_at`
FROM (
SELECT
`t62`.*
EXCEPT (`experiment_id_right`)
FROM (
SELECT
`t56`.`experiment_id`,
`t56`.`unit_id`,
`t56`.`unit_id_text`,
`t56`.`variant_id`,
`t56`.`exposed_at`,
`t56`.`first_seen_at`,
`t56`.`stratum`,
`t56`.`segment__platform`,
`t56`.`starts_at`,
`t56`.`ends_at`,
`t56`.`analysis_date`,
`t56`.`analysis_end_at`,
`t56`.`experiment_number`,
`t56`.`read_from`,
`t56`.`is_observable`,
`t56`.`window_end__experiment`,
`t56`.`window_end__7d`,
`t56`.`window_end__5d`,
`t56`.`counts_until`,
`t56`.`position`,
`t59`.`experiment_id` AS `experiment_id_right`,
`t59`.`enough_at`
FROM `t52` AS `t56`
LEFT OUTER JOIN (
SELECT
`t55`.`experiment_id`,
`t55`.`counts_until` AS `enough_at`
FROM `t52` AS `t55`
WHERE
`t55`.`position` = 999
) AS `t59`
ON `t56`.`experiment_id` = `t59`.`experiment_id`
) AS `t62`
) AS `t63`
WHERE
COALESCE(
TIMESTAMP_ADD(
TIMESTAMP_TRUNC(TIMESTAMP_SUB(`t63`.`enough_at`, INTERVAL '1' MICROSECOND), DAY),
INTERVAL '1' DAY
),
TIMESTAMP_ADD(`t63`.`ends_at`, INTERVAL '604800' SECOND)
) <= `t63`.`analysis_end_at`
AND `t63`.`counts_until` <= COALESCE(
TIMESTAMP_ADD(
TIMESTAMP_TRUNC(TIMESTAMP_SUB(`t63`.`enough_at`, INTERVAL '1' MICROSECOND), DAY),
INTERVAL '1' DAY
),
TIMESTAMP_ADD(`t63`.`ends_at`, INTERVAL '604800' SECOND)
)
)
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
`t87`.`experiment_id`,
`t87`.`metric_name`,
`t87`.`definition_hash`,
`t87`.`scale_name`,
`t87`.`value`,
'first_cohort' AS `source`,
DATE(TIMESTAMP_SUB(`t87`.`frozen_at`, INTERVAL '1' DAY)) AS `frozen_date`,
`t87`.`n_units`
FROM (
SELECT
`t86`.`experiment_id`,
`t86`.`metric_name`,
`t86`.`definition_hash`,
`t86`.`scale_name`,
`t86`.`period_name`,
`t86`.`begins_at`,
`t86`.`declared`,
`t86`.`frozen_at`,
`t86`.`scale_0`,
`t86`.`n_0`,
`t86`.`scale_1`,
`t86`.`n_1`,
CASE
WHEN (
`t86`.`metric_name` = 'capped'
) AND (
`t86`.`scale_name` = 'cap'
)
THEN `t86`.`scale_0`
WHEN (
`t86`.`metric_name` = 'score'
) AND (
`t86`.`scale_name` = 'total'
)
THEN `t86`.`scale_1`
ELSE CAST(NULL AS FLOAT64)
END AS `value`,
CASE
WHEN (
`t86`.`metric_name` = 'capped'
) AND (
`t86`.`scale_name` = 'cap'
)
THEN `t86`.`n_0`
WHEN (
`t86`.`metric_name` = 'score'
) AND (
`t86`.`scale_name` = 'total'
)
THEN `t86`.`n_1`
ELSE CAST(NULL AS INT64)
END AS `n_units`
FROM (
SELECT
`t44`.`experiment_id`,
`t44`.`metric_name`,
`t44`.`definition_hash`,
`t44`.`scale_name`,
`t44`.`period_name`,
`t44`.`begins_at`,
`t44`.`declared`,
`t85`.`frozen_at`,
`t85`.`scale_0`,
`t85`.`n_0`,
`t85`.`scale_1`,
`t85`.`n_1`
FROM `t40` AS `t44`
INNER JOIN (
SELECT
`t83`.`experiment_id`,
`t83`.`period_name`,
MAX(`t83`.`frozen_at`) AS `frozen_at`,
SUM(`t83`.`share_0`) AS `scale_0`,
COUNT(`t83`.`value_0`) AS `n_0`,
NULLIF(STDDEV_SAMP(`t83`.`value_1`), 0.0) AS `scale_1`,
COUNT(`t83`.`value_1`) AS `n_1`
FROM (
SELECT
`t79`.`experiment_id`,
`t79`.`unit_id`,
`t79`.`unit_id_text`,
`t79`.`variant_id`,
`t79`.`exposed_at`,
`t79`.`first_seen_at`,
`t79`.`stratum`,
`t79`.`segment__platform`,
`t79`.`starts_at`,
`t79`.`ends_at`,
`t79`.`analysis_date`,
`t79`.`analysis_end_at`,
`t79`.`experiment_number`,
`t79`.`read_from`,
`t79`.`is_observable`,
`t79`.`window_end__experiment`,
`t79`.`window_end__7d`,
`t79`.`window_end__5d`,
`t79`.`counts_until`,
`t79`.`position`,
`t79`.`enough_at`,
`t79`.`frozen_at`,
`t79`.`value_7ab10653__sum__experiment`,
`t79`.`period_name`,
`t79`.`value_0`,
`t79`.`value_1`,
IF(
ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t79`.`experiment_id`, `t79`.`period_name`
ORDER BY `t79`.`value_0` ASC
) - 1
) - (
(
COUNT(`t79`.`value_0`) OVER (
PARTITION BY `t79`.`experiment_id`, `t79`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * 0.99
)
) < 1.0,
`t79`.`value_0` * (
1.0 - ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t79`.`experiment_id`, `t79`.`period_name`
ORDER BY `t79`.`value_0` ASC
) - 1
) - (
(
COUNT(`t79`.`value_0`) OVER (
PARTITION BY `t79`.`experiment_id`, `t79`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * 0.99
)
)
),
CAST(NULL AS FLOAT64)
) AS `share_0`
FROM (
SELECT
`t77`.`experiment_id`,
`t77`.`unit_id`,
`t77`.`unit_id_text`,
`t77`.`variant_id`,
`t77`.`exposed_at`,
`t77`.`first_seen_at`,
`t77`.`stratum`,
`t77`.`segment__platform`,
`t77`.`starts_at`,
`t77`.`ends_at`,
`t77`.`analysis_date`,
`t77`.`analysis_end_at`,
`t77`.`experiment_number`,
`t77`.`read_from`,
`t77`.`is_observable`,
`t77`.`window_end__experiment`,
`t77`.`window_end__7d`,
`t77`.`window_end__5d`,
`t77`.`counts_until`,
`t77`.`position`,
`t77`.`enough_at`,
`t77`.`frozen_at`,
`t77`.`value_7ab10653__sum__experiment`,
'7d' AS `period_name`,
COALESCE(`t77`.`value_7ab10653__sum__experiment`, 0.0) AS `value_0`,
COALESCE(`t77`.`value_7ab10653__sum__experiment`, 0.0) AS `value_1`
FROM (
SELECT
`t75`.*
EXCEPT (`experiment_id_right`, `unit_id_right`)
FROM (
SELECT
`t69`.`experiment_id`,
`t69`.`unit_id`,
`t69`.`unit_id_text`,
`t69`.`variant_id`,
`t69`.`exposed_at`,
`t69`.`first_seen_at`,
`t69`.`stratum`,
`t69`.`segment__platform`,
`t69`.`starts_at`,
`t69`.`ends_at`,
`t69`.`analysis_date`,
`t69`.`analysis_end_at`,
`t69`.`experiment_number`,
`t69`.`read_from`,
`t69`.`is_observable`,
`t69`.`window_end__experiment`,
`t69`.`window_end__7d`,
`t69`.`window_end__5d`,
`t69`.`counts_until`,
`t69`.`position`,
`t69`.`enough_at`,
`t69`.`frozen_at`,
`t73`.`experiment_id` AS `experiment_id_right`,
`t73`.`unit_id` AS `unit_id_right`,
`t73`.`value_7ab10653__sum__experiment`
FROM `t67` AS `t69`
LEFT OUTER JOIN (
SELECT
`t71`.`experiment_id`,
`t71`.`unit_id_right` AS `unit_id`,
SUM(IF(TRUE, `t71`.`value_7ab10653`, NULL)) AS `value_7ab10653__sum__experiment`
FROM (
SELECT
`t9`.`unit_id`,
`t9`.`event_at`,
`t9`.`value_7ab10653`,
`t9`.`label_4f1767c6`,
`t70`.`experiment_id`,
`t70`.`unit_id` AS `unit_id_right`,
`t70`.`unit_id_text`,
`t70`.`variant_id`,
`t70`.`exposed_at`,
`t70`.`first_seen_at`,
`t70`.`stratum`,
`t70`.`segment__platform`,
`t70`.`starts_at`,
`t70`.`ends_at`,
`t70`.`analysis_date`,
`t70`.`analysis_end_at`,
`t70`.`experiment_number`,
`t70`.`read_from`,
`t70`.`is_observable`,
`t70`.`window_end__experiment`,
`t70`.`window_end__7d`,
`t70`.`window_end__5d`,
`t70`.`counts_until`,
`t70`.`position`,
`t70`.`enough_at`,
`t70`.`frozen_at`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as FLOAT64) as `value_7ab10653`, cast((label
) as STRING) as `label_4f1767c6` from events
) AS `t9`
INNER JOIN `t67` AS `t70`
ON `t9`.`unit_id` = `t70`.`unit_id`
AND `t9`.`event_at` >= `t70`.`exposed_at`
AND `t9`.`event_at` < `t70`.`counts_until`
) AS `t71`
GROUP BY
1,
2
) AS `t73`
ON `t69`.`experiment_id` = `t73`.`experiment_id`
AND `t69`.`unit_id` = `t73`.`unit_id`
) AS `t75`
) AS `t77`
) AS `t79`
) AS `t83`
GROUP BY
1,
2
) AS `t85`
ON `t44`.`experiment_id` = `t85`.`experiment_id`
AND `t44`.`period_name` = `t85`.`period_name`
) AS `t86`
) AS `t87`
WHERE
`t87`.`value` IS NOT NULL
) AS `t88`
UNION ALL
SELECT
*
FROM (
SELECT
`t81`.`experiment_id`,
`t81`.`metric_name`,
`t81`.`definition_hash`,
`t81`.`scale_name`,
`t81`.`value`,
'first_cohort' AS `source`,
DATE(TIMESTAMP_SUB(`t81`.`frozen_at`, INTERVAL '1' DAY)) AS `frozen_date`,
`t81`.`n_units`
FROM (
SELECT
`t80`.`experiment_id`,
`t80`.`metric_name`,
`t80`.`definition_hash`,
`t80`.`scale_name`,
`t80`.`period_name`,
`t80`.`begins_at`,
`t80`.`declared`,
`t80`.`frozen_at`,
`t80`.`scale_0`,
`t80`.`n_0`,
`t80`.`scale_1`,
`t80`.`n_1`,
CASE
WHEN (
`t80`.`metric_name` = 'capped'
) AND (
`t80`.`scale_name` = 'cap'
)
THEN `t80`.`scale_0`
WHEN (
`t80`.`metric_name` = 'score'
) AND (
`t80`.`scale_name` = 'total'
)
THEN `t80`.`scale_1`
ELSE CAST(NULL AS FLOAT64)
END AS `value`,
CASE
WHEN (
`t80`.`metric_name` = 'capped'
) AND (
`t80`.`scale_name` = 'cap'
)
THEN `t80`.`n_0`
WHEN (
`t80`.`metric_name` = 'score'
) AND (
`t80`.`scale_name` = 'total'
)
THEN `t80`.`n_1`
ELSE CAST(NULL AS INT64)
END AS `n_units`
FROM (
SELECT
`t46`.`experiment_id`,
`t46`.`metric_name`,
`t46`.`definition_hash`,
`t46`.`scale_name`,
`t46`.`period_name`,
`t46`.`begins_at`,
`t46`.`declared`,
`t78`.`frozen_at`,
`t78`.`scale_0`,
`t78`.`n_0`,
`t78`.`scale_1`,
`t78`.`n_1`
FROM `t41` AS `t46`
INNER JOIN (
SELECT
`t74`.`experiment_id`,
`t74`.`period_name`,
MAX(`t74`.`frozen_at`) AS `frozen_at`,
SUM(`t74`.`share_0`) AS `scale_0`,
COUNT(`t74`.`value_0`) AS `n_0`,
NULLIF(STDDEV_SAMP(`t74`.`value_1`), 0.0) AS `scale_1`,
COUNT(`t74`.`value_1`) AS `n_1`
FROM (
SELECT
`t66`.`experiment_id`,
`t66`.`unit_id`,
`t66`.`unit_id_text`,
`t66`.`variant_id`,
`t66`.`exposed_at`,
`t66`.`first_seen_at`,
`t66`.`stratum`,
`t66`.`segment__platform`,
`t66`.`starts_at`,
`t66`.`ends_at`,
`t66`.`analysis_date`,
`t66`.`analysis_end_at`,
`t66`.`experiment_number`,
`t66`.`read_from`,
`t66`.`is_observable`,
`t66`.`window_end__experiment`,
`t66`.`window_end__7d`,
`t66`.`window_end__5d`,
`t66`.`counts_until`,
`t66`.`frozen_at`,
`t66`.`value_7ab10653__sum__experiment`,
`t66`.`period_name`,
`t66`.`value_0`,
`t66`.`value_1`,
IF(
ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t66`.`experiment_id`, `t66`.`period_name`
ORDER BY `t66`.`value_0` ASC
) - 1
) - (
(
COUNT(`t66`.`value_0`) OVER (
PARTITION BY `t66`.`experiment_id`, `t66`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * 0.99
)
) < 1.0,
`t66`.`value_0` * (
1.0 - ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t66`.`experiment_id`, `t66`.`period_name`
ORDER BY `t66`.`value_0` ASC
) - 1
) - (
(
COUNT(`t66`.`value_0`) OVER (
PARTITION BY `t66`.`experiment_id`, `t66`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * 0.99
)
)
),
CAST(NULL AS FLOAT64)
) AS `share_0`
FROM (
SELECT
`t65`.`experiment_id`,
`t65`.`unit_id`,
`t65`.`unit_id_text`,
`t65`.`variant_id`,
`t65`.`exposed_at`,
`t65`.`first_seen_at`,
`t65`.`stratum`,
`t65`.`segment__platform`,
`t65`.`starts_at`,
`t65`.`ends_at`,
`t65`.`analysis_date`,
`t65`.`analysis_end_at`,
`t65`.`experiment_number`,
`t65`.`read_from`,
`t65`.`is_observable`,
`t65`.`window_end__experiment`,
`t65`.`window_end__7d`,
`t65`.`window_end__5d`,
`t65`.`counts_until`,
`t65`.`frozen_at`,
`t65`.`value_7ab10653__sum__experiment`,
'experiment' AS `period_name`,
COALESCE(`t65`.`value_7ab10653__sum__experiment`, 0.0) AS `value_0`,
COALESCE(`t65`.`value_7ab10653__sum__experiment`, 0.0) AS `value_1`
FROM (
SELECT
`t64`.*
EXCEPT (`experiment_id_right`, `unit_id_right`)
FROM (
SELECT
`t53`.`experiment_id`,
`t53`.`unit_id`,
`t53`.`unit_id_text`,
`t53`.`variant_id`,
`t53`.`exposed_at`,
`t53`.`first_seen_at`,
`t53`.`stratum`,
`t53`.`segment__platform`,
`t53`.`starts_at`,
`t53`.`ends_at`,
`t53`.`analysis_date`,
`t53`.`analysis_end_at`,
`t53`.`experiment_number`,
`t53`.`read_from`,
`t53`.`is_observable`,
`t53`.`window_end__experiment`,
`t53`.`window_end__7d`,
`t53`.`window_end__5d`,
`t53`.`counts_until`,
`t53`.`frozen_at`,
`t61`.`experiment_id` AS `experiment_id_right`,
`t61`.`unit_id` AS `unit_id_right`,
`t61`.`value_7ab10653__sum__experiment`
FROM `t50` AS `t53`
LEFT OUTER JOIN (
SELECT
`t58`.`experiment_id`,
`t58`.`unit_id_right` AS `unit_id`,
SUM(IF(TRUE, `t58`.`value_7ab10653`, NULL)) AS `value_7ab10653__sum__experiment`
FROM (
SELECT
`t9`.`unit_id`,
`t9`.`event_at`,
`t9`.`value_7ab10653`,
`t9`.`label_4f1767c6`,
`t54`.`experiment_id`,
`t54`.`unit_id` AS `unit_id_right`,
`t54`.`unit_id_text`,
`t54`.`variant_id`,
`t54`.`exposed_at`,
`t54`.`first_seen_at`,
`t54`.`stratum`,
`t54`.`segment__platform`,
`t54`.`starts_at`,
`t54`.`ends_at`,
`t54`.`analysis_date`,
`t54`.`analysis_end_at`,
`t54`.`experiment_number`,
`t54`.`read_from`,
`t54`.`is_observable`,
`t54`.`window_end__experiment`,
`t54`.`window_end__7d`,
`t54`.`window_end__5d`,
`t54`.`counts_until`,
`t54`.`frozen_at`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as FLOAT64) as `value_7ab10653`, cast((label
) as STRING) as `label_4f1767c6` from events
) AS `t9`
INNER JOIN `t50` AS `t54`
ON `t9`.`unit_id` = `t54`.`unit_id`
AND `t9`.`event_at` >= `t54`.`exposed_at`
AND `t9`.`event_at` < `t54`.`counts_until`
) AS `t58`
GROUP BY
1,
2
) AS `t61`
ON `t53`.`experiment_id` = `t61`.`experiment_id`
AND `t53`.`unit_id` = `t61`.`unit_id`
) AS `t64`
) AS `t65`
) AS `t66`
) AS `t74`
GROUP BY
1,
2
) AS `t78`
ON `t46`.`experiment_id` = `t78`.`experiment_id`
AND `t46`.`period_name` = `t78`.`period_name`
) AS `t80`
) AS `t81`
WHERE
`t81`.`value` IS NOT NULL
) AS `t82`
) AS `t89`
UNION ALL
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
`t14`.`experiment_id`,
`t14`.`metric_name`,
`t14`.`definition_hash`,
`t14`.`scale_name`,
`t14`.`declared` AS `value`,
'declared' AS `source`,
CAST(NULL AS DATE) AS `frozen_date`,
CAST(NULL AS INT64) AS `n_units`
FROM `t12` AS `t14`
WHERE
`t14`.`declared` IS NOT NULL
) AS `t15`
UNION ALL
SELECT
*
FROM `t34` AS `t35`
) AS `t36`
