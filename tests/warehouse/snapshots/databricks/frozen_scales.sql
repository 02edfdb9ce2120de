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
CAST(`begins_at` AS TIMESTAMP) AS `begins_at`,
CAST(`declared` AS DOUBLE) AS `declared`
FROM VALUES
('e1', 'capped', '96144c3b6747652e', 'cap', '7d', '2025-12-29 00:00:00', NULL),
(
'e1',
'score',
'd1dbb147a9fbf648',
'total',
'experiment',
'2025-12-26 00:00:00',
NULL
) AS declared(`experiment_id`, `metric_name`, `definition_hash`, `scale_name`, `period_name`, `begins_at`, `declared`)
) AS `t6`
LEFT ANTI JOIN (
select experiment_id, metric_name, definition_hash, scale_name from stored
) AS `t7`
ON `t6`.`experiment_id` = `t7`.`experiment_id`
AND `t6`.`metric_name` = `t7`.`metric_name`
AND `t6`.`definition_hash` = `t7`.`definition_hash`
AND `t6`.`scale_name` = `t7`.`scale_name`
), `t16` AS (
SELECT
*
FROM `t12` AS `t14`
WHERE
ISNULL(`t14`.`declared`)
), `t37` AS (
SELECT
`t36`.`experiment_id`,
`t36`.`metric_name`,
`t36`.`definition_hash`,
`t36`.`scale_name`,
`t36`.`value`,
'pre_period' AS `source`,
CAST(`t36`.`starts_at` - INTERVAL '1' DAY AS DATE) AS `frozen_date`,
`t36`.`n_units`
FROM (
SELECT
*
FROM (
SELECT
`t34`.`experiment_id`,
`t34`.`metric_name`,
`t34`.`definition_hash`,
`t34`.`scale_name`,
`t34`.`period_name`,
`t34`.`begins_at`,
`t34`.`declared`,
`t34`.`is_covered`,
`t34`.`scale_0`,
`t34`.`n_0`,
`t34`.`scale_1`,
`t34`.`n_1`,
`t34`.`value`,
`t34`.`n_units`,
`t8`.`starts_at`
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
CASE
WHEN (
`t32`.`metric_name` = 'capped'
) AND (
`t32`.`scale_name` = 'cap'
)
THEN `t32`.`scale_0`
WHEN (
`t32`.`metric_name` = 'score'
) AND (
`t32`.`scale_name` = 'total'
)
THEN `t32`.`scale_1`
ELSE CAST(NULL AS DOUBLE)
END AS `value`,
CASE
WHEN (
`t32`.`metric_name` = 'capped'
) AND (
`t32`.`scale_name` = 'cap'
)
THEN `t32`.`n_0`
WHEN (
`t32`.`metric_name` = 'score'
) AND (
`t32`.`scale_name` = 'total'
)
THEN `t32`.`n_1`
ELSE CAST(NULL AS BIGINT)
END AS `n_units`
FROM (
SELECT
`t20`.`experiment_id`,
`t20`.`metric_name`,
`t20`.`definition_hash`,
`t20`.`scale_name`,
`t20`.`period_name`,
`t20`.`begins_at`,
`t20`.`declared`,
`t31`.`is_covered`,
`t31`.`scale_0`,
`t31`.`n_0`,
`t31`.`scale_1`,
`t31`.`n_1`
FROM `t16` AS `t20`
INNER JOIN (
SELECT
`t29`.`experiment_id`,
`t29`.`period_name`,
MIN(`t29`.`first_event_at`) < (
MIN(`t29`.`begins_at`) + INTERVAL '1' DAY
) AS `is_covered`,
SUM(`t29`.`share_0`) AS `scale_0`,
COUNT(`t29`.`value_0`) AS `n_0`,
NULLIF(STDDEV_SAMP(`t29`.`value_1`), CAST(0.0 AS DOUBLE)) AS `scale_1`,
COUNT(`t29`.`value_1`) AS `n_1`
FROM (
SELECT
`t28`.`experiment_id`,
`t28`.`period_name`,
`t28`.`unit_id`,
`t28`.`begins_at`,
`t28`.`first_event_at`,
`t28`.`value_7ab10653__sum__experiment`,
`t28`.`value_0`,
`t28`.`value_1`,
IF(
ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t28`.`experiment_id`, `t28`.`period_name`
ORDER BY `t28`.`value_0` ASC NULLS LAST
) - 1
) - (
(
COUNT(`t28`.`value_0`) OVER (
PARTITION BY `t28`.`experiment_id`, `t28`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * CAST(0.99 AS DOUBLE)
)
) < CAST(1.0 AS DOUBLE),
`t28`.`value_0` * (
CAST(1.0 AS DOUBLE) - ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t28`.`experiment_id`, `t28`.`period_name`
ORDER BY `t28`.`value_0` ASC NULLS LAST
) - 1
) - (
(
COUNT(`t28`.`value_0`) OVER (
PARTITION BY `t28`.`experiment_id`, `t28`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * CAST(0.99 AS DOUBLE)
)
)
),
CAST(NULL AS DOUBLE)
) AS `share_0`
FROM (
SELECT
`t27`.`experiment_id`,
`t27`.`period_name`,
`t27`.`unit_id`,
`t27`.`begins_at`,
`t27`.`first_event_at`,
`t27`.`value_7ab10653__sum__experiment`,
COALESCE(`t27`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) AS `value_0`,
COALESCE(`t27`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) AS `value_1`
FROM (
SELECT
`t26`.`experiment_id`,
`t26`.`period_name`,
`t26`.`unit_id`,
`t26`.`begins_at`,
MIN(`t26`.`event_at`) AS `first_event_at`,
SUM(IF(TRUE, `t26`.`value_7ab10653`, NULL)) AS `value_7ab10653__sum__experiment`
FROM (
SELECT
`t9`.`unit_id`,
`t9`.`event_at`,
`t9`.`value_7ab10653`,
`t9`.`label_4f1767c6`,
`t25`.`experiment_id`,
`t25`.`period_name`,
`t25`.`begins_at`,
`t25`.`starts_at`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as DOUBLE) as `value_7ab10653`, cast((label
) as STRING) as `label_4f1767c6` from events
) AS `t9`
INNER JOIN (
SELECT
`t23`.`experiment_id`,
`t23`.`period_name`,
`t23`.`begins_at`,
`t8`.`starts_at`
FROM (
SELECT DISTINCT
`t17`.`experiment_id`,
`t17`.`period_name`,
`t17`.`begins_at`
FROM `t16` AS `t17`
WHERE
`t17`.`experiment_id` IN ('e1')
) AS `t23`
INNER JOIN (
select * from dates
) AS `t8`
ON `t23`.`experiment_id` = `t8`.`experiment_id`
) AS `t25`
ON `t9`.`event_at` >= `t25`.`begins_at` AND `t9`.`event_at` < `t25`.`starts_at`
) AS `t26`
GROUP BY
1,
2,
3,
4
) AS `t27`
) AS `t28`
) AS `t29`
GROUP BY
1,
2
) AS `t31`
ON `t20`.`experiment_id` = `t31`.`experiment_id`
AND `t20`.`period_name` = `t31`.`period_name`
) AS `t32`
) AS `t34`
INNER JOIN (
select * from dates
) AS `t8`
ON `t34`.`experiment_id` = `t8`.`experiment_id`
) AS `t35`
WHERE
`t35`.`n_units` >= 1000 AND `t35`.`is_covered` AND ISNOTNULL(`t35`.`value`)
) AS `t36`
), `t41` AS (
SELECT
`t20`.`experiment_id`,
`t20`.`metric_name`,
`t20`.`definition_hash`,
`t20`.`scale_name`,
`t20`.`period_name`,
`t20`.`begins_at`,
`t20`.`declared`
FROM `t16` AS `t20`
LEFT ANTI JOIN `t37` AS `t40`
ON `t20`.`experiment_id` = `t40`.`experiment_id`
AND `t20`.`metric_name` = `t40`.`metric_name`
AND `t20`.`definition_hash` = `t40`.`definition_hash`
AND `t20`.`scale_name` = `t40`.`scale_name`
), `t43` AS (
SELECT
*
FROM `t41` AS `t42`
WHERE
`t42`.`period_name` = '7d'
), `t44` AS (
SELECT
*
FROM `t41` AS `t42`
WHERE
`t42`.`period_name` = 'experiment'
), `t53` AS (
SELECT
`t52`.`experiment_id`,
`t52`.`unit_id`,
`t52`.`unit_id_text`,
`t52`.`variant_id`,
`t52`.`exposed_at`,
`t52`.`first_seen_at`,
`t52`.`stratum`,
`t52`.`segment__platform`,
`t52`.`starts_at`,
`t52`.`ends_at`,
`t52`.`analysis_date`,
`t52`.`analysis_end_at`,
`t52`.`experiment_number`,
`t52`.`read_from`,
`t52`.`is_observable`,
`t52`.`window_end__experiment`,
`t52`.`window_end__7d`,
`t52`.`window_end__5d`,
`t52`.`ends_at` AS `counts_until`,
`t52`.`ends_at` AS `frozen_at`
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
LEAST(`t13`.`starts_at`, `t13`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t13`.`first_seen_at` IS NULL
)
OR (
`t13`.`first_seen_at` <= (
`t13`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t13`.`experiment_id` = 'e1'
THEN `t13`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t13`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t13`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
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
LEFT SEMI JOIN `t44` AS `t50`
ON `t21`.`experiment_id` = `t50`.`experiment_id`
) AS `t52`
WHERE
`t52`.`ends_at` <= `t52`.`analysis_end_at`
), `t55` AS (
SELECT
`t51`.`experiment_id`,
`t51`.`unit_id`,
`t51`.`unit_id_text`,
`t51`.`variant_id`,
`t51`.`exposed_at`,
`t51`.`first_seen_at`,
`t51`.`stratum`,
`t51`.`segment__platform`,
`t51`.`starts_at`,
`t51`.`ends_at`,
`t51`.`analysis_date`,
`t51`.`analysis_end_at`,
`t51`.`experiment_number`,
`t51`.`read_from`,
`t51`.`is_observable`,
`t51`.`window_end__experiment`,
`t51`.`window_end__7d`,
`t51`.`window_end__5d`,
`t51`.`exposed_at` + INTERVAL '604800' SECOND AS `counts_until`,
ROW_NUMBER() OVER (
PARTITION BY `t51`.`experiment_id`
ORDER BY `t51`.`exposed_at` ASC NULLS LAST, `t51`.`unit_id_text` ASC NULLS LAST
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
LEAST(`t13`.`starts_at`, `t13`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t13`.`first_seen_at` IS NULL
)
OR (
`t13`.`first_seen_at` <= (
`t13`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t13`.`experiment_id` = 'e1'
THEN `t13`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t13`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t13`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
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
LEFT SEMI JOIN `t43` AS `t48`
ON `t21`.`experiment_id` = `t48`.`experiment_id`
) AS `t51`
), `t70` AS (
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
`t66`.`position`,
`t66`.`enough_at`,
COALESCE(
DATE_TRUNC('day', `t66`.`enough_at` - INTERVAL '1' MICROSECOND) + INTERVAL '1' DAY,
`t66`.`ends_at` + INTERVAL '604800' SECOND
) AS `frozen_at`
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
`t65`.`position`,
`t65`.`enough_at`
FROM (
SELECT
`t59`.`experiment_id`,
`t59`.`unit_id`,
`t59`.`unit_id_text`,
`t59`.`variant_id`,
`t59`.`exposed_at`,
`t59`.`first_seen_at`,
`t59`.`stratum`,
`t59`.`segment__platform`,
`t59`.`starts_at`,
`t59`.`ends_at`,
`t59`.`analysis_date`,
`t59`.`analysis_end_at`,
`t59`.`experiment_number`,
`t59`.`read_from`,
`t59`.`is_observable`,
`t59`.`window_end__experiment`,
`t59`.`window_end__7d`,
`t59`.`window_end__5d`,
`t59`.`counts_until`,
`t59`.`position`,
`t62`.`experiment_id` AS `experiment_id_right`,
`t62`.`enough_at`
FROM `t55` AS `t59`
LEFT OUTER JOIN (
SELECT
`t58`.`experiment_id`,
`t58`.`counts_until` AS `enough_at`
FROM `t55` AS `t58`
WHERE
`t58`.`position` = 999
) AS `t62`
ON `t59`.`experiment_id` = `t62`.`experiment_id`
) AS `t65`
) AS `t66`
WHERE
COALESCE(
DATE_TRUNC('day', `t66`.`enough_at` - INTERVAL '1' MICROSECOND) + INTERVAL '1' DAY,
`t66`.`ends_at` + INTERVAL '604800' SECOND
) <= `t66`.`analysis_end_at`
AND `t66`.`counts_until` <= COALESCE(
DATE_TRUNC('day', `t66`.`enough_at` - INTERVAL '1' MICROSECOND) + INTERVAL '1' DAY,
`t66`.`ends_at` + INTERVAL '604800' SECOND
)
)
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
`t92`.`experiment_id`,
`t92`.`metric_name`,
`t92`.`definition_hash`,
`t92`.`scale_name`,
`t92`.`value`,
'first_cohort' AS `source`,
CAST(`t92`.`frozen_at` - INTERVAL '1' DAY AS DATE) AS `frozen_date`,
`t92`.`n_units`
FROM (
SELECT
*
FROM (
SELECT
`t90`.`experiment_id`,
`t90`.`metric_name`,
`t90`.`definition_hash`,
`t90`.`scale_name`,
`t90`.`period_name`,
`t90`.`begins_at`,
`t90`.`declared`,
`t90`.`frozen_at`,
`t90`.`scale_0`,
`t90`.`n_0`,
`t90`.`scale_1`,
`t90`.`n_1`,
CASE
WHEN (
`t90`.`metric_name` = 'capped'
) AND (
`t90`.`scale_name` = 'cap'
)
THEN `t90`.`scale_0`
WHEN (
`t90`.`metric_name` = 'score'
) AND (
`t90`.`scale_name` = 'total'
)
THEN `t90`.`scale_1`
ELSE CAST(NULL AS DOUBLE)
END AS `value`,
CASE
WHEN (
`t90`.`metric_name` = 'capped'
) AND (
`t90`.`scale_name` = 'cap'
)
THEN `t90`.`n_0`
WHEN (
`t90`.`metric_name` = 'score'
) AND (
`t90`.`scale_name` = 'total'
)
THEN `t90`.`n_1`
ELSE CAST(NULL AS BIGINT)
END AS `n_units`
FROM (
SELECT
`t47`.`experiment_id`,
`t47`.`metric_name`,
`t47`.`definition_hash`,
`t47`.`scale_name`,
`t47`.`period_name`,
`t47`.`begins_at`,
`t47`.`declared`,
`t89`.`frozen_at`,
`t89`.`scale_0`,
`t89`.`n_0`,
`t89`.`scale_1`,
`t89`.`n_1`
FROM `t43` AS `t47`
INNER JOIN (
SELECT
`t86`.`experiment_id`,
`t86`.`period_name`,
MAX(`t86`.`frozen_at`) AS `frozen_at`,
SUM(`t86`.`share_0`) AS `scale_0`,
COUNT(`t86`.`value_0`) AS `n_0`,
NULLIF(STDDEV_SAMP(`t86`.`value_1`), CAST(0.0 AS DOUBLE)) AS `scale_1`,
COUNT(`t86`.`value_1`) AS `n_1`
FROM (
SELECT
`t82`.`experiment_id`,
`t82`.`unit_id`,
`t82`.`unit_id_text`,
`t82`.`variant_id`,
`t82`.`exposed_at`,
`t82`.`first_seen_at`,
`t82`.`stratum`,
`t82`.`segment__platform`,
`t82`.`starts_at`,
`t82`.`ends_at`,
`t82`.`analysis_date`,
`t82`.`analysis_end_at`,
`t82`.`experiment_number`,
`t82`.`read_from`,
`t82`.`is_observable`,
`t82`.`window_end__experiment`,
`t82`.`window_end__7d`,
`t82`.`window_end__5d`,
`t82`.`counts_until`,
`t82`.`position`,
`t82`.`enough_at`,
`t82`.`frozen_at`,
`t82`.`value_7ab10653__sum__experiment`,
`t82`.`period_name`,
`t82`.`value_0`,
`t82`.`value_1`,
IF(
ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t82`.`experiment_id`, `t82`.`period_name`
ORDER BY `t82`.`value_0` ASC NULLS LAST
) - 1
) - (
(
COUNT(`t82`.`value_0`) OVER (
PARTITION BY `t82`.`experiment_id`, `t82`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * CAST(0.99 AS DOUBLE)
)
) < CAST(1.0 AS DOUBLE),
`t82`.`value_0` * (
CAST(1.0 AS DOUBLE) - ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t82`.`experiment_id`, `t82`.`period_name`
ORDER BY `t82`.`value_0` ASC NULLS LAST
) - 1
) - (
(
COUNT(`t82`.`value_0`) OVER (
PARTITION BY `t82`.`experiment_id`, `t82`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * CAST(0.99 AS DOUBLE)
)
)
),
CAST(NULL AS DOUBLE)
) AS `share_0`
FROM (
SELECT
`t80`.`experiment_id`,
`t80`.`unit_id`,
`t80`.`unit_id_text`,
`t80`.`variant_id`,
`t80`.`exposed_at`,
`t80`.`first_seen_at`,
`t80`.`stratum`,
`t80`.`segment__platform`,
`t80`.`starts_at`,
`t80`.`ends_at`,
`t80`.`analysis_date`,
`t80`.`analysis_end_at`,
`t80`.`experiment_number`,
`t80`.`read_from`,
`t80`.`is_observable`,
`t80`.`window_end__experiment`,
`t80`.`window_end__7d`,
`t80`.`window_end__5d`,
`t80`.`counts_until`,
`t80`.`position`,
`t80`.`enough_at`,
`t80`.`frozen_at`,
`t80`.`value_7ab10653__sum__experiment`,
'7d' AS `period_name`,
COALESCE(`t80`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) AS `value_0`,
COALESCE(`t80`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) AS `value_1`
FROM (
SELECT
`t78`.`experiment_id`,
`t78`.`unit_id`,
`t78`.`unit_id_text`,
`t78`.`variant_id`,
`t78`.`exposed_at`,
`t78`.`first_seen_at`,
`t78`.`stratum`,
`t78`.`segment__platform`,
`t78`.`starts_at`,
`t78`.`ends_at`,
`t78`.`analysis_date`,
`t78`.`analysis_end_at`,
`t78`.`experiment_number`,
`t78`.`read_from`,
`t78`.`is_observable`,
`t78`.`window_end__experiment`,
`t78`.`window_end__7d`,
`t78`.`window_end__5d`,
`t78`.`counts_until`,
`t78`.`position`,
`t78`.`enough_at`,
`t78`.`frozen_at`,
`t78`.`value_7ab10653__sum__experiment`
FROM (
SELECT
`t72`.`experiment_id`,
`t72`.`unit_id`,
`t72`.`unit_id_text`,
`t72`.`variant_id`,
`t72`.`exposed_at`,
`t72`.`first_seen_at`,
`t72`.`stratum`,
`t72`.`segment__platform`,
`t72`.`starts_at`,
`t72`.`ends_at`,
`t72`.`analysis_date`,
`t72`.`analysis_end_at`,
`t72`.`experiment_number`,
`t72`.`read_from`,
`t72`.`is_observable`,
`t72`.`window_end__experiment`,
`t72`.`window_end__7d`,
`t72`.`window_end__5d`,
`t72`.`counts_until`,
`t72`.`position`,
`t72`.`enough_at`,
`t72`.`frozen_at`,
`t76`.`experiment_id` AS `experiment_id_right`,
`t76`.`unit_id` AS `unit_id_right`,
`t76`.`value_7ab10653__sum__experiment`
FROM `t70` AS `t72`
LEFT OUTER JOIN (
SELECT
`t74`.`experiment_id`,
`t74`.`unit_id_right` AS `unit_id`,
SUM(IF(TRUE, `t74`.`value_7ab10653`, NULL)) AS `value_7ab10653__sum__experiment`
FROM (
SELECT
`t9`.`unit_id`,
`t9`.`event_at`,
`t9`.`value_7ab10653`,
`t9`.`label_4f1767c6`,
`t73`.`experiment_id`,
`t73`.`unit_id` AS `unit_id_right`,
`t73`.`unit_id_text`,
`t73`.`variant_id`,
`t73`.`exposed_at`,
`t73`.`first_seen_at`,
`t73`.`stratum`,
`t73`.`segment__platform`,
`t73`.`starts_at`,
`t73`.`ends_at`,
`t73`.`analysis_date`,
`t73`.`analysis_end_at`,
`t73`.`experiment_number`,
`t73`.`read_from`,
`t73`.`is_observable`,
`t73`.`window_end__experiment`,
`t73`.`window_end__7d`,
`t73`.`window_end__5d`,
`t73`.`counts_until`,
`t73`.`position`,
`t73`.`enough_at`,
`t73`.`frozen_at`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as DOUBLE) as `value_7ab10653`, cast((label
) as STRING) as `label_4f1767c6` from events
) AS `t9`
INNER JOIN `t70` AS `t73`
ON `t9`.`unit_id` = `t73`.`unit_id`
AND `t9`.`event_at` >= `t73`.`exposed_at`
AND `t9`.`event_at` < `t73`.`counts_until`
) AS `t74`
GROUP BY
1,
2
) AS `t76`
ON `t72`.`experiment_id` = `t76`.`experiment_id`
AND `t72`.`unit_id` = `t76`.`unit_id`
) AS `t78`
) AS `t80`
) AS `t82`
) AS `t86`
GROUP BY
1,
2
) AS `t89`
ON `t47`.`experiment_id` = `t89`.`experiment_id`
AND `t47`.`period_name` = `t89`.`period_name`
) AS `t90`
) AS `t91`
WHERE
ISNOTNULL(`t91`.`value`)
) AS `t92`
) AS `t93`
UNION ALL
SELECT
*
FROM (
SELECT
`t85`.`experiment_id`,
`t85`.`metric_name`,
`t85`.`definition_hash`,
`t85`.`scale_name`,
`t85`.`value`,
'first_cohort' AS `source`,
CAST(`t85`.`frozen_at` - INTERVAL '1' DAY AS DATE) AS `frozen_date`,
`t85`.`n_units`
FROM (
SELECT
*
FROM (
SELECT
`t83`.`experiment_id`,
`t83`.`metric_name`,
`t83`.`definition_hash`,
`t83`.`scale_name`,
`t83`.`period_name`,
`t83`.`begins_at`,
`t83`.`declared`,
`t83`.`frozen_at`,
`t83`.`scale_0`,
`t83`.`n_0`,
`t83`.`scale_1`,
`t83`.`n_1`,
CASE
WHEN (
`t83`.`metric_name` = 'capped'
) AND (
`t83`.`scale_name` = 'cap'
)
THEN `t83`.`scale_0`
WHEN (
`t83`.`metric_name` = 'score'
) AND (
`t83`.`scale_name` = 'total'
)
THEN `t83`.`scale_1`
ELSE CAST(NULL AS DOUBLE)
END AS `value`,
CASE
WHEN (
`t83`.`metric_name` = 'capped'
) AND (
`t83`.`scale_name` = 'cap'
)
THEN `t83`.`n_0`
WHEN (
`t83`.`metric_name` = 'score'
) AND (
`t83`.`scale_name` = 'total'
)
THEN `t83`.`n_1`
ELSE CAST(NULL AS BIGINT)
END AS `n_units`
FROM (
SELECT
`t49`.`experiment_id`,
`t49`.`metric_name`,
`t49`.`definition_hash`,
`t49`.`scale_name`,
`t49`.`period_name`,
`t49`.`begins_at`,
`t49`.`declared`,
`t81`.`frozen_at`,
`t81`.`scale_0`,
`t81`.`n_0`,
`t81`.`scale_1`,
`t81`.`n_1`
FROM `t44` AS `t49`
INNER JOIN (
SELECT
`t77`.`experiment_id`,
`t77`.`period_name`,
MAX(`t77`.`frozen_at`) AS `frozen_at`,
SUM(`t77`.`share_0`) AS `scale_0`,
COUNT(`t77`.`value_0`) AS `n_0`,
NULLIF(STDDEV_SAMP(`t77`.`value_1`), CAST(0.0 AS DOUBLE)) AS `scale_1`,
COUNT(`t77`.`value_1`) AS `n_1`
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
`t69`.`frozen_at`,
`t69`.`value_7ab10653__sum__experiment`,
`t69`.`period_name`,
`t69`.`value_0`,
`t69`.`value_1`,
IF(
ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t69`.`experiment_id`, `t69`.`period_name`
ORDER BY `t69`.`value_0` ASC NULLS LAST
) - 1
) - (
(
COUNT(`t69`.`value_0`) OVER (
PARTITION BY `t69`.`experiment_id`, `t69`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * CAST(0.99 AS DOUBLE)
)
) < CAST(1.0 AS DOUBLE),
`t69`.`value_0` * (
CAST(1.0 AS DOUBLE) - ABS(
(
ROW_NUMBER() OVER (
PARTITION BY `t69`.`experiment_id`, `t69`.`period_name`
ORDER BY `t69`.`value_0` ASC NULLS LAST
) - 1
) - (
(
COUNT(`t69`.`value_0`) OVER (
PARTITION BY `t69`.`experiment_id`, `t69`.`period_name`
ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
) - 1
) * CAST(0.99 AS DOUBLE)
)
)
),
CAST(NULL AS DOUBLE)
) AS `share_0`
FROM (
SELECT
`t68`.`experiment_id`,
`t68`.`unit_id`,
`t68`.`unit_id_text`,
`t68`.`variant_id`,
`t68`.`exposed_at`,
`t68`.`first_seen_at`,
`t68`.`stratum`,
`t68`.`segment__platform`,
`t68`.`starts_at`,
`t68`.`ends_at`,
`t68`.`analysis_date`,
`t68`.`analysis_end_at`,
`t68`.`experiment_number`,
`t68`.`read_from`,
`t68`.`is_observable`,
`t68`.`window_end__experiment`,
`t68`.`window_end__7d`,
`t68`.`window_end__5d`,
`t68`.`counts_until`,
`t68`.`frozen_at`,
`t68`.`value_7ab10653__sum__experiment`,
'experiment' AS `period_name`,
COALESCE(`t68`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) AS `value_0`,
COALESCE(`t68`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) AS `value_1`
FROM (
SELECT
`t67`.`experiment_id`,
`t67`.`unit_id`,
`t67`.`unit_id_text`,
`t67`.`variant_id`,
`t67`.`exposed_at`,
`t67`.`first_seen_at`,
`t67`.`stratum`,
`t67`.`segment__platform`,
`t67`.`starts_at`,
`t67`.`ends_at`,
`t67`.`analysis_date`,
`t67`.`analysis_end_at`,
`t67`.`experiment_number`,
`t67`.`read_from`,
`t67`.`is_observable`,
`t67`.`window_end__experiment`,
`t67`.`window_end__7d`,
`t67`.`window_end__5d`,
`t67`.`counts_until`,
`t67`.`frozen_at`,
`t67`.`value_7ab10653__sum__experiment`
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
`t56`.`frozen_at`,
`t64`.`experiment_id` AS `experiment_id_right`,
`t64`.`unit_id` AS `unit_id_right`,
`t64`.`value_7ab10653__sum__experiment`
FROM `t53` AS `t56`
LEFT OUTER JOIN (
SELECT
`t61`.`experiment_id`,
`t61`.`unit_id_right` AS `unit_id`,
SUM(IF(TRUE, `t61`.`value_7ab10653`, NULL)) AS `value_7ab10653__sum__experiment`
FROM (
SELECT
`t9`.`unit_id`,
`t9`.`event_at`,
`t9`.`value_7ab10653`,
`t9`.`label_4f1767c6`,
`t57`.`experiment_id`,
`t57`.`unit_id` AS `unit_id_right`,
`t57`.`unit_id_text`,
`t57`.`variant_id`,
`t57`.`exposed_at`,
`t57`.`first_seen_at`,
`t57`.`stratum`,
`t57`.`segment__platform`,
`t57`.`starts_at`,
`t57`.`ends_at`,
`t57`.`analysis_date`,
`t57`.`analysis_end_at`,
`t57`.`experiment_number`,
`t57`.`read_from`,
`t57`.`is_observable`,
`t57`.`window_end__experiment`,
`t57`.`window_end__7d`,
`t57`.`window_end__5d`,
`t57`.`counts_until`,
`t57`.`frozen_at`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as DOUBLE) as `value_7ab10653`, cast((label
) as STRING) as `label_4f1767c6` from events
) AS `t9`
INNER JOIN `t53` AS `t57`
ON `t9`.`unit_id` = `t57`.`unit_id`
AND `t9`.`event_at` >= `t57`.`exposed_at`
AND `t9`.`event_at` < `t57`.`counts_until`
) AS `t61`
GROUP BY
1,
2
) AS `t64`
ON `t56`.`experiment_id` = `t64`.`experiment_id`
AND `t56`.`unit_id` = `t64`.`unit_id`
) AS `t67`
) AS `t68`
) AS `t69`
) AS `t77`
GROUP BY
1,
2
) AS `t81`
ON `t49`.`experiment_id` = `t81`.`experiment_id`
AND `t49`.`period_name` = `t81`.`period_name`
) AS `t83`
) AS `t84`
WHERE
ISNOTNULL(`t84`.`value`)
) AS `t85`
) AS `t87`
) AS `t94`
UNION ALL
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
`t15`.`experiment_id`,
`t15`.`metric_name`,
`t15`.`definition_hash`,
`t15`.`scale_name`,
`t15`.`declared` AS `value`,
'declared' AS `source`,
CAST(NULL AS DATE) AS `frozen_date`,
CAST(NULL AS BIGINT) AS `n_units`
FROM (
SELECT
*
FROM `t12` AS `t14`
WHERE
ISNOTNULL(`t14`.`declared`)
) AS `t15`
) AS `t19`
UNION ALL
SELECT
*
FROM `t37` AS `t38`
) AS `t39`
