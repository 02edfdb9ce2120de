WITH `t10` AS (
SELECT
`t5`.`experiment_id`,
`t5`.`unit_id`,
`t5`.`unit_id_text`,
`t5`.`variant_id`,
`t5`.`exposed_at`,
`t5`.`first_seen_at`,
`t5`.`stratum`,
`t5`.`segment__platform`,
`t6`.`starts_at`,
`t6`.`ends_at`,
`t6`.`analysis_date`,
`t6`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t5`
INNER JOIN (
select * from dates
) AS `t6`
ON `t5`.`experiment_id` = `t6`.`experiment_id`
)
SELECT
`t32`.`experiment_id`,
`t32`.`unit_id`,
`t32`.`variant_id`,
`t32`.`exposed_at`,
`t32`.`analysis_date`,
`t32`.`stratum`,
`t32`.`segment__platform`,
`t32`.`is_active_before_exposure`,
`t32`.`is_observable`,
IF(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__any__experiment`, 0.0),
CAST(NULL AS DOUBLE)
) AS `any_event__y`,
IF(
FALSE
OR (
`t32`.`experiment_id` IN ('e1')
AND (
`t32`.`window_end__7d` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__any__1d_to_7d`, 0.0),
CAST(NULL AS DOUBLE)
) AS `came_back__y`,
IF(
FALSE
OR (
`t32`.`experiment_id` IN ('e1')
AND (
`t32`.`window_end__7d` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__sum__7d`, 0.0),
CAST(NULL AS DOUBLE)
) AS `capped__y`,
IF(
FALSE
OR (
`t32`.`experiment_id` IN ('e1')
AND (
`t32`.`window_end__7d` <= `t32`.`known_until`
)
),
IF(
`t32`.`scale__capped__cap` IS NULL OR ISNAN(`t32`.`scale__capped__cap`),
CAST(NULL AS DOUBLE),
IF(
COALESCE(`t32`.`value_7ab10653__sum__7d`, 0.0) > `t32`.`scale__capped__cap`,
`t32`.`scale__capped__cap`,
COALESCE(`t32`.`value_7ab10653__sum__7d`, 0.0)
)
),
CAST(NULL AS DOUBLE)
) AS `capped__winsorised__y`,
CAST(CAST(COALESCE(
(
`t32`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
) <= `t32`.`known_until`,
FALSE
)
AND (
COALESCE(
SIZE(
FILTER(
`t32`.`value_7ab10653__instants__end_7d`,
__ibis_param_instant__ -> (
__ibis_param_instant__ >= `t32`.`weight_2d30ad4f__first__end_0d`
)
AND (
__ibis_param_instant__ < (
`t32`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
)
)
)
),
0
) > 0
) AS INT) AS DOUBLE) AS `conversion__y`,
CAST(CAST(COALESCE(
(
`t32`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
) <= `t32`.`known_until`,
FALSE
) AS INT) AS DOUBLE) AS `conversion__d`,
IF(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__sum__experiment`, 0.0),
CAST(NULL AS DOUBLE)
) AS `gini__y`,
IF(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
),
COALESCE(CAST(SIZE(`t32`.`label_4f1767c6__distinct__experiment`) AS DOUBLE), 0.0),
CAST(NULL AS DOUBLE)
) AS `labels__y`,
IF(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__count__experiment`, 0.0),
CAST(NULL AS DOUBLE)
) AS `p95__d`,
IF(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__grid_e20aa156_01__experiment`, 0.0),
CAST(NULL AS DOUBLE)
) AS `p95__c_01`,
IF(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__grid_e20aa156_02__experiment`, 0.0),
CAST(NULL AS DOUBLE)
) AS `p95__c_02`,
IF(
FALSE
OR (
`t32`.`experiment_id` IN ('e1')
AND (
`t32`.`window_end__5d` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__sum__5d`, 0.0),
CAST(NULL AS DOUBLE)
) AS `rate__y`,
IF(
FALSE
OR (
`t32`.`experiment_id` IN ('e1')
AND (
`t32`.`window_end__5d` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`weight_2d30ad4f__sum__5d`, 0.0),
CAST(NULL AS DOUBLE)
) AS `rate__d`,
IF(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
),
TRY_DIVIDE(
COALESCE(`t32`.`value_7ab10653__sum__experiment`, 0.0) * 2.0,
`t32`.`scale__score__total`
),
CAST(NULL AS DOUBLE)
) AS `score__y`,
IF(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
),
COALESCE(`t32`.`value_7ab10653__sum__experiment`, 0.0),
CAST(NULL AS DOUBLE)
) AS `total__y`,
IF(
(
`t32`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t32`.`window_end__experiment` <= `t32`.`known_until`
)
)
)
AND `t32`.`is_observable`,
COALESCE(`t32`.`value_7ab10653__sum__before_7d`, 0.0),
CAST(NULL AS DOUBLE)
) AS `total__x_y`
FROM (
SELECT
`t31`.`experiment_id`,
`t31`.`unit_id`,
`t31`.`unit_id_text`,
`t31`.`variant_id`,
`t31`.`exposed_at`,
`t31`.`first_seen_at`,
`t31`.`stratum`,
`t31`.`segment__platform`,
`t31`.`starts_at`,
`t31`.`ends_at`,
`t31`.`analysis_date`,
`t31`.`analysis_end_at`,
`t31`.`experiment_number`,
`t31`.`read_from`,
`t31`.`is_observable`,
`t31`.`window_end__experiment`,
`t31`.`window_end__7d`,
`t31`.`window_end__5d`,
`t31`.`value_7ab10653__any__experiment`,
`t31`.`value_7ab10653__any__1d_to_7d`,
`t31`.`value_7ab10653__sum__7d`,
`t31`.`value_7ab10653__instants__end_7d`,
`t31`.`weight_2d30ad4f__first__end_0d`,
`t31`.`value_7ab10653__sum__experiment`,
`t31`.`label_4f1767c6__distinct__experiment`,
`t31`.`value_7ab10653__count__experiment`,
`t31`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t31`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t31`.`value_7ab10653__sum__5d`,
`t31`.`weight_2d30ad4f__sum__5d`,
`t31`.`value_7ab10653__sum__before_7d`,
`t31`.`is_active_before_exposure`,
`t31`.`known_until`,
`t31`.`scale__capped__cap`,
`t31`.`scale__score__total`
FROM (
SELECT
`t30`.`experiment_id`,
`t30`.`unit_id`,
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
`t30`.`value_7ab10653__any__experiment`,
`t30`.`value_7ab10653__any__1d_to_7d`,
`t30`.`value_7ab10653__sum__7d`,
`t30`.`value_7ab10653__instants__end_7d`,
`t30`.`weight_2d30ad4f__first__end_0d`,
`t30`.`value_7ab10653__sum__experiment`,
`t30`.`label_4f1767c6__distinct__experiment`,
`t30`.`value_7ab10653__count__experiment`,
`t30`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t30`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t30`.`value_7ab10653__sum__5d`,
`t30`.`weight_2d30ad4f__sum__5d`,
`t30`.`value_7ab10653__sum__before_7d`,
`t30`.`is_active_before_exposure`,
`t30`.`known_until`,
`t14`.`experiment_id` AS `experiment_id_right`,
`t14`.`scale__capped__cap`,
`t14`.`scale__score__total`
FROM (
SELECT
`t28`.`experiment_id`,
`t28`.`unit_id`,
`t28`.`unit_id_text`,
`t28`.`variant_id`,
`t28`.`exposed_at`,
`t28`.`first_seen_at`,
`t28`.`stratum`,
`t28`.`segment__platform`,
`t28`.`starts_at`,
`t28`.`ends_at`,
`t28`.`analysis_date`,
`t28`.`analysis_end_at`,
`t28`.`experiment_number`,
`t28`.`read_from`,
`t28`.`is_observable`,
`t28`.`window_end__experiment`,
`t28`.`window_end__7d`,
`t28`.`window_end__5d`,
`t28`.`value_7ab10653__any__experiment`,
`t28`.`value_7ab10653__any__1d_to_7d`,
`t28`.`value_7ab10653__sum__7d`,
`t28`.`value_7ab10653__instants__end_7d`,
`t28`.`weight_2d30ad4f__first__end_0d`,
`t28`.`value_7ab10653__sum__experiment`,
`t28`.`label_4f1767c6__distinct__experiment`,
`t28`.`value_7ab10653__count__experiment`,
`t28`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t28`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t28`.`value_7ab10653__sum__5d`,
`t28`.`weight_2d30ad4f__sum__5d`,
`t28`.`value_7ab10653__sum__before_7d`,
COALESCE(`t28`.`is_active_before_exposure`, FALSE) AS `is_active_before_exposure`,
`t28`.`analysis_end_at` AS `known_until`
FROM (
SELECT
`t27`.`experiment_id`,
`t27`.`unit_id`,
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
`t27`.`value_7ab10653__any__experiment`,
`t27`.`value_7ab10653__any__1d_to_7d`,
`t27`.`value_7ab10653__sum__7d`,
`t27`.`value_7ab10653__instants__end_7d`,
`t27`.`weight_2d30ad4f__first__end_0d`,
`t27`.`value_7ab10653__sum__experiment`,
`t27`.`label_4f1767c6__distinct__experiment`,
`t27`.`value_7ab10653__count__experiment`,
`t27`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t27`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t27`.`value_7ab10653__sum__5d`,
`t27`.`weight_2d30ad4f__sum__5d`,
`t27`.`value_7ab10653__sum__before_7d`,
`t27`.`is_active_before_exposure`
FROM (
SELECT
`t26`.`experiment_id`,
`t26`.`unit_id`,
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
`t26`.`value_7ab10653__any__experiment`,
`t26`.`value_7ab10653__any__1d_to_7d`,
`t26`.`value_7ab10653__sum__7d`,
`t26`.`value_7ab10653__instants__end_7d`,
`t26`.`weight_2d30ad4f__first__end_0d`,
`t26`.`value_7ab10653__sum__experiment`,
`t26`.`label_4f1767c6__distinct__experiment`,
`t26`.`value_7ab10653__count__experiment`,
`t26`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t26`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t26`.`value_7ab10653__sum__5d`,
`t26`.`weight_2d30ad4f__sum__5d`,
`t15`.`experiment_number` AS `experiment_number_right`,
`t15`.`unit_id` AS `unit_id_right`,
`t15`.`value_7ab10653__sum__before_7d`,
`t15`.`is_active_before_exposure`
FROM (
SELECT
`t24`.`experiment_id`,
`t24`.`unit_id`,
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
`t24`.`value_7ab10653__any__experiment`,
`t24`.`value_7ab10653__any__1d_to_7d`,
`t24`.`value_7ab10653__sum__7d`,
`t24`.`value_7ab10653__instants__end_7d`,
`t24`.`weight_2d30ad4f__first__end_0d`,
`t24`.`value_7ab10653__sum__experiment`,
`t24`.`label_4f1767c6__distinct__experiment`,
`t24`.`value_7ab10653__count__experiment`,
`t24`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t24`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t24`.`value_7ab10653__sum__5d`,
`t24`.`weight_2d30ad4f__sum__5d`
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
`t23`.`experiment_number` AS `experiment_number_right`,
`t23`.`unit_id` AS `unit_id_right`,
`t23`.`value_7ab10653__any__experiment`,
`t23`.`value_7ab10653__any__1d_to_7d`,
`t23`.`value_7ab10653__sum__7d`,
`t23`.`value_7ab10653__instants__end_7d`,
`t23`.`weight_2d30ad4f__first__end_0d`,
`t23`.`value_7ab10653__sum__experiment`,
`t23`.`label_4f1767c6__distinct__experiment`,
`t23`.`value_7ab10653__count__experiment`,
`t23`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t23`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t23`.`value_7ab10653__sum__5d`,
`t23`.`weight_2d30ad4f__sum__5d`
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
FROM `t10` AS `t13`
WHERE
`t13`.`exposed_at` < `t13`.`analysis_end_at`
) AS `t19`
LEFT OUTER JOIN (
SELECT
`t21`.`experiment_number`,
`t21`.`unit_id`,
MAX(`t21`.`value_7ab10653__any__experiment`) AS `value_7ab10653__any__experiment`,
MAX(`t21`.`value_7ab10653__any__1d_to_7d`) AS `value_7ab10653__any__1d_to_7d`,
SUM(`t21`.`value_7ab10653__sum__7d`) AS `value_7ab10653__sum__7d`,
ARRAY_DISTINCT(FLATTEN(COLLECT_LIST(`t21`.`value_7ab10653__instants__end_7d`))) AS `value_7ab10653__instants__end_7d`,
MIN(`t21`.`weight_2d30ad4f__first__end_0d`) AS `weight_2d30ad4f__first__end_0d`,
SUM(`t21`.`value_7ab10653__sum__experiment`) AS `value_7ab10653__sum__experiment`,
ARRAY_DISTINCT(FLATTEN(COLLECT_LIST(`t21`.`label_4f1767c6__distinct__experiment`))) AS `label_4f1767c6__distinct__experiment`,
SUM(`t21`.`value_7ab10653__count__experiment`) AS `value_7ab10653__count__experiment`,
SUM(`t21`.`value_7ab10653__grid_e20aa156_01__experiment`) AS `value_7ab10653__grid_e20aa156_01__experiment`,
SUM(`t21`.`value_7ab10653__grid_e20aa156_02__experiment`) AS `value_7ab10653__grid_e20aa156_02__experiment`,
SUM(`t21`.`value_7ab10653__sum__5d`) AS `value_7ab10653__sum__5d`,
SUM(`t21`.`weight_2d30ad4f__sum__5d`) AS `weight_2d30ad4f__sum__5d`
FROM (
SELECT
*
FROM (
SELECT
`t9`.`partition_key`,
`t9`.`experiment_id`,
`t9`.`fact`,
`t9`.`partition_date`,
`t9`.`unit_id`,
`t9`.`inputs_hash`,
`t9`.`value_7ab10653__any__experiment`,
`t9`.`value_7ab10653__any__1d_to_7d`,
`t9`.`value_7ab10653__sum__7d`,
`t9`.`value_7ab10653__instants__end_7d`,
`t9`.`weight_2d30ad4f__first__end_0d`,
`t9`.`value_7ab10653__sum__experiment`,
`t9`.`label_4f1767c6__distinct__experiment`,
`t9`.`value_7ab10653__count__experiment`,
`t9`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t9`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t9`.`value_7ab10653__sum__5d`,
`t9`.`weight_2d30ad4f__sum__5d`,
`t9`.`experiment_number`,
`t17`.`analysis_date`
FROM (
SELECT
`t4`.`partition_key`,
`t4`.`experiment_id`,
`t4`.`fact`,
`t4`.`partition_date`,
`t4`.`unit_id`,
`t4`.`inputs_hash`,
`t4`.`value_7ab10653__any__experiment`,
`t4`.`value_7ab10653__any__1d_to_7d`,
`t4`.`value_7ab10653__sum__7d`,
`t4`.`value_7ab10653__instants__end_7d`,
`t4`.`weight_2d30ad4f__first__end_0d`,
`t4`.`value_7ab10653__sum__experiment`,
`t4`.`label_4f1767c6__distinct__experiment`,
`t4`.`value_7ab10653__count__experiment`,
`t4`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t4`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t4`.`value_7ab10653__sum__5d`,
`t4`.`weight_2d30ad4f__sum__5d`,
CASE `t4`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`
FROM (
select * from unit_days
) AS `t4`
WHERE
`t4`.`unit_id` IS NOT NULL
) AS `t9`
INNER JOIN (
SELECT DISTINCT
CASE `t13`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t13`.`analysis_date`
FROM `t10` AS `t13`
WHERE
`t13`.`exposed_at` < `t13`.`analysis_end_at`
) AS `t17`
ON `t9`.`experiment_number` = `t17`.`experiment_number`
) AS `t20`
WHERE
`t20`.`partition_date` <= `t20`.`analysis_date`
) AS `t21`
GROUP BY
1,
2
) AS `t23`
ON `t19`.`experiment_number` = `t23`.`experiment_number`
AND `t19`.`unit_id` = `t23`.`unit_id`
) AS `t24`
) AS `t26`
LEFT OUTER JOIN (
SELECT
`t7`.`experiment_number`,
`t7`.`unit_id`,
SUM(`t7`.`value_7ab10653__sum__before_7d`) AS `value_7ab10653__sum__before_7d`,
BOOL_OR(`t7`.`is_active_before_exposure`) AS `is_active_before_exposure`
FROM (
SELECT
`t1`.`partition_key`,
`t1`.`experiment_id`,
`t1`.`fact`,
`t1`.`partition_date`,
`t1`.`unit_id`,
`t1`.`inputs_hash`,
`t1`.`value_7ab10653__sum__before_7d`,
`t1`.`is_active_before_exposure`,
CASE `t1`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`
FROM (
select * from unit_histories
) AS `t1`
WHERE
`t1`.`unit_id` IS NOT NULL
) AS `t7`
GROUP BY
1,
2
) AS `t15`
ON `t26`.`experiment_number` = `t15`.`experiment_number`
AND `t26`.`unit_id` = `t15`.`unit_id`
) AS `t27`
) AS `t28`
) AS `t30`
LEFT OUTER JOIN (
SELECT
`t0`.`experiment_id`,
MAX(
IF(
(
`t0`.`metric_name` = 'capped'
)
AND (
`t0`.`definition_hash` = '96144c3b6747652e'
)
AND (
`t0`.`scale_name` = 'cap'
),
`t0`.`value`,
NULL
)
) AS `scale__capped__cap`,
MAX(
IF(
(
`t0`.`metric_name` = 'score'
)
AND (
`t0`.`definition_hash` = 'd1dbb147a9fbf648'
)
AND (
`t0`.`scale_name` = 'total'
),
`t0`.`value`,
NULL
)
) AS `scale__score__total`
FROM (
select * from scales
) AS `t0`
GROUP BY
1
) AS `t14`
ON `t30`.`experiment_id` = `t14`.`experiment_id`
) AS `t31`
) AS `t32`
