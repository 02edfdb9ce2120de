SELECT
`t39`.`experiment_id`,
`t39`.`unit_id`,
`t39`.`variant_id`,
`t39`.`exposed_at`,
`t39`.`analysis_date`,
`t39`.`stratum`,
`t39`.`segment__platform`,
`t39`.`is_active_before_exposure`,
`t39`.`is_observable`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__any__experiment`, 0.0),
CAST(NULL AS FLOAT64)
) AS `any_event__y`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__7d` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__any__1d_to_7d`, 0.0),
CAST(NULL AS FLOAT64)
) AS `came_back__y`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__7d` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__sum__7d`, 0.0),
CAST(NULL AS FLOAT64)
) AS `capped__y`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__7d` <= `t39`.`known_until`
)
),
IF(
`t39`.`scale__capped__cap` IS NULL,
CAST(NULL AS FLOAT64),
IF(
COALESCE(`t39`.`value_7ab10653__sum__7d`, 0.0) > `t39`.`scale__capped__cap`,
`t39`.`scale__capped__cap`,
COALESCE(`t39`.`value_7ab10653__sum__7d`, 0.0)
)
),
CAST(NULL AS FLOAT64)
) AS `capped__winsorised__y`,
CAST(CAST(COALESCE(
TIMESTAMP_ADD(`t39`.`weight_2d30ad4f__first__end_0d`, INTERVAL '604800' SECOND) <= `t39`.`known_until`,
FALSE
)
AND (
COALESCE(
ARRAY_LENGTH(
ARRAY(
SELECT
__ibis_param_instant__
FROM UNNEST(`t39`.`value_7ab10653__instants__end_7d`) AS __ibis_param_instant__
WHERE
(
__ibis_param_instant__ >= `t39`.`weight_2d30ad4f__first__end_0d`
)
AND (
__ibis_param_instant__ < TIMESTAMP_ADD(`t39`.`weight_2d30ad4f__first__end_0d`, INTERVAL '604800' SECOND)
)
)
),
0
) > 0
) AS INT64) AS FLOAT64) AS `conversion__y`,
CAST(CAST(COALESCE(
TIMESTAMP_ADD(`t39`.`weight_2d30ad4f__first__end_0d`, INTERVAL '604800' SECOND) <= `t39`.`known_until`,
FALSE
) AS INT64) AS FLOAT64) AS `conversion__d`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__sum__experiment`, 0.0),
CAST(NULL AS FLOAT64)
) AS `gini__y`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(CAST(ARRAY_LENGTH(`t39`.`label_4f1767c6__distinct__experiment`) AS FLOAT64), 0.0),
CAST(NULL AS FLOAT64)
) AS `labels__y`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__count__experiment`, 0.0),
CAST(NULL AS FLOAT64)
) AS `p95__d`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__grid_e20aa156_01__experiment`, 0.0),
CAST(NULL AS FLOAT64)
) AS `p95__c_01`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__grid_e20aa156_02__experiment`, 0.0),
CAST(NULL AS FLOAT64)
) AS `p95__c_02`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__5d` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__sum__5d`, 0.0),
CAST(NULL AS FLOAT64)
) AS `rate__y`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__5d` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`weight_2d30ad4f__sum__5d`, 0.0),
CAST(NULL AS FLOAT64)
) AS `rate__d`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
ieee_divide(
COALESCE(`t39`.`value_7ab10653__sum__experiment`, 0.0) * 2.0,
`t39`.`scale__score__total`
),
CAST(NULL AS FLOAT64)
) AS `score__y`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__sum__experiment`, 0.0),
CAST(NULL AS FLOAT64)
) AS `total__y`,
IF(
(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
)
)
AND `t39`.`is_observable`,
COALESCE(`t39`.`value_7ab10653__sum__before_7d`, 0.0),
CAST(NULL AS FLOAT64)
) AS `total__x_y`
FROM (
SELECT
`t38`.*
EXCEPT (`experiment_id_right`)
FROM (
SELECT
`t37`.`experiment_id`,
`t37`.`unit_id`,
`t37`.`unit_id_text`,
`t37`.`variant_id`,
`t37`.`exposed_at`,
`t37`.`first_seen_at`,
`t37`.`stratum`,
`t37`.`segment__platform`,
`t37`.`starts_at`,
`t37`.`ends_at`,
`t37`.`last_date`,
`t37`.`analysis_end_at`,
`t37`.`experiment_number`,
`t37`.`read_from`,
`t37`.`is_observable`,
`t37`.`window_end__experiment`,
`t37`.`window_end__7d`,
`t37`.`window_end__5d`,
`t37`.`value_7ab10653__sum__before_7d`,
`t37`.`is_active_before_exposure`,
`t37`.`partition_date`,
`t37`.`next_date`,
`t37`.`value_7ab10653__any__experiment`,
`t37`.`value_7ab10653__any__1d_to_7d`,
`t37`.`value_7ab10653__sum__7d`,
`t37`.`value_7ab10653__instants__end_7d`,
`t37`.`weight_2d30ad4f__first__end_0d`,
`t37`.`value_7ab10653__sum__experiment`,
`t37`.`label_4f1767c6__distinct__experiment`,
`t37`.`value_7ab10653__count__experiment`,
`t37`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t37`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t37`.`value_7ab10653__sum__5d`,
`t37`.`weight_2d30ad4f__sum__5d`,
`t37`.`n_days`,
`t37`.`day`,
`t37`.`analysis_date`,
`t37`.`known_until`,
`t15`.`experiment_id` AS `experiment_id_right`,
`t15`.`scale__capped__cap`,
`t15`.`scale__score__total`
FROM (
SELECT
`t35`.`experiment_id`,
`t35`.`unit_id`,
`t35`.`unit_id_text`,
`t35`.`variant_id`,
`t35`.`exposed_at`,
`t35`.`first_seen_at`,
`t35`.`stratum`,
`t35`.`segment__platform`,
`t35`.`starts_at`,
`t35`.`ends_at`,
`t35`.`last_date`,
`t35`.`analysis_end_at`,
`t35`.`experiment_number`,
`t35`.`read_from`,
`t35`.`is_observable`,
`t35`.`window_end__experiment`,
`t35`.`window_end__7d`,
`t35`.`window_end__5d`,
`t35`.`value_7ab10653__sum__before_7d`,
`t35`.`is_active_before_exposure`,
`t35`.`partition_date`,
`t35`.`next_date`,
`t35`.`value_7ab10653__any__experiment`,
`t35`.`value_7ab10653__any__1d_to_7d`,
`t35`.`value_7ab10653__sum__7d`,
`t35`.`value_7ab10653__instants__end_7d`,
`t35`.`weight_2d30ad4f__first__end_0d`,
`t35`.`value_7ab10653__sum__experiment`,
`t35`.`label_4f1767c6__distinct__experiment`,
`t35`.`value_7ab10653__count__experiment`,
`t35`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t35`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t35`.`value_7ab10653__sum__5d`,
`t35`.`weight_2d30ad4f__sum__5d`,
`t35`.`n_days`,
`t35`.`day`,
`t35`.`analysis_date`,
TIMESTAMP_ADD(CAST(`t35`.`analysis_date` AS DATETIME), INTERVAL '1' DAY) AS `known_until`
FROM (
SELECT
`t34`.`experiment_id`,
`t34`.`unit_id`,
`t34`.`unit_id_text`,
`t34`.`variant_id`,
`t34`.`exposed_at`,
`t34`.`first_seen_at`,
`t34`.`stratum`,
`t34`.`segment__platform`,
`t34`.`starts_at`,
`t34`.`ends_at`,
`t34`.`last_date`,
`t34`.`analysis_end_at`,
`t34`.`experiment_number`,
`t34`.`read_from`,
`t34`.`is_observable`,
`t34`.`window_end__experiment`,
`t34`.`window_end__7d`,
`t34`.`window_end__5d`,
`t34`.`value_7ab10653__sum__before_7d`,
`t34`.`is_active_before_exposure`,
`t34`.`partition_date`,
`t34`.`next_date`,
`t34`.`value_7ab10653__any__experiment`,
`t34`.`value_7ab10653__any__1d_to_7d`,
`t34`.`value_7ab10653__sum__7d`,
`t34`.`value_7ab10653__instants__end_7d`,
`t34`.`weight_2d30ad4f__first__end_0d`,
`t34`.`value_7ab10653__sum__experiment`,
`t34`.`label_4f1767c6__distinct__experiment`,
`t34`.`value_7ab10653__count__experiment`,
`t34`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t34`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t34`.`value_7ab10653__sum__5d`,
`t34`.`weight_2d30ad4f__sum__5d`,
`t34`.`n_days`,
`t34`.`day`,
`t34`.`analysis_date`
FROM (
SELECT
`t32`.`experiment_id`,
`t32`.`unit_id`,
`t32`.`unit_id_text`,
`t32`.`variant_id`,
`t32`.`exposed_at`,
`t32`.`first_seen_at`,
`t32`.`stratum`,
`t32`.`segment__platform`,
`t32`.`starts_at`,
`t32`.`ends_at`,
`t32`.`last_date`,
`t32`.`analysis_end_at`,
`t32`.`experiment_number`,
`t32`.`read_from`,
`t32`.`is_observable`,
`t32`.`window_end__experiment`,
`t32`.`window_end__7d`,
`t32`.`window_end__5d`,
`t32`.`value_7ab10653__sum__before_7d`,
`t32`.`is_active_before_exposure`,
`t32`.`partition_date`,
`t32`.`next_date`,
`t32`.`value_7ab10653__any__experiment`,
`t32`.`value_7ab10653__any__1d_to_7d`,
`t32`.`value_7ab10653__sum__7d`,
`t32`.`value_7ab10653__instants__end_7d`,
`t32`.`weight_2d30ad4f__first__end_0d`,
`t32`.`value_7ab10653__sum__experiment`,
`t32`.`label_4f1767c6__distinct__experiment`,
`t32`.`value_7ab10653__count__experiment`,
`t32`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t32`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t32`.`value_7ab10653__sum__5d`,
`t32`.`weight_2d30ad4f__sum__5d`,
`t32`.`n_days`,
`t32`.`day`,
CAST(CAST(DATE_ADD(`t32`.`partition_date`, INTERVAL `t32`.`day` DAY) AS DATETIME) AS DATE) AS `analysis_date`
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
`t31`.`last_date`,
`t31`.`analysis_end_at`,
`t31`.`experiment_number`,
`t31`.`read_from`,
`t31`.`is_observable`,
`t31`.`window_end__experiment`,
`t31`.`window_end__7d`,
`t31`.`window_end__5d`,
`t31`.`value_7ab10653__sum__before_7d`,
`t31`.`is_active_before_exposure`,
`t31`.`partition_date`,
`t31`.`next_date`,
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
`t31`.`n_days`,
IF(pos = pos_2, `day`, NULL) AS `day`
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
`t30`.`last_date`,
`t30`.`analysis_end_at`,
`t30`.`experiment_number`,
`t30`.`read_from`,
`t30`.`is_observable`,
`t30`.`window_end__experiment`,
`t30`.`window_end__7d`,
`t30`.`window_end__5d`,
`t30`.`value_7ab10653__sum__before_7d`,
`t30`.`is_active_before_exposure`,
`t30`.`partition_date`,
`t30`.`next_date`,
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
DATE_DIFF(
LEAST(
`t30`.`last_date`,
COALESCE(
CAST(CAST(DATE_SUB(`t30`.`next_date`, INTERVAL '1' DAY) AS DATETIME) AS DATE),
`t30`.`last_date`
)
),
`t30`.`partition_date`,
DAY
) + 1 AS `n_days`
FROM (
SELECT
`t25`.`experiment_id`,
`t25`.`unit_id`,
`t25`.`unit_id_text`,
`t25`.`variant_id`,
`t25`.`exposed_at`,
`t25`.`first_seen_at`,
`t25`.`stratum`,
`t25`.`segment__platform`,
`t25`.`starts_at`,
`t25`.`ends_at`,
`t25`.`last_date`,
`t25`.`analysis_end_at`,
`t25`.`experiment_number`,
`t25`.`read_from`,
`t25`.`is_observable`,
`t25`.`window_end__experiment`,
`t25`.`window_end__7d`,
`t25`.`window_end__5d`,
`t25`.`value_7ab10653__sum__before_7d`,
`t25`.`is_active_before_exposure`,
`t29`.`partition_date`,
`t29`.`next_date`,
`t29`.`value_7ab10653__any__experiment`,
`t29`.`value_7ab10653__any__1d_to_7d`,
`t29`.`value_7ab10653__sum__7d`,
`t29`.`value_7ab10653__instants__end_7d`,
`t29`.`weight_2d30ad4f__first__end_0d`,
`t29`.`value_7ab10653__sum__experiment`,
`t29`.`label_4f1767c6__distinct__experiment`,
`t29`.`value_7ab10653__count__experiment`,
`t29`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t29`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t29`.`value_7ab10653__sum__5d`,
`t29`.`weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t20`.`experiment_id`,
`t20`.`unit_id`,
`t20`.`unit_id_text`,
`t20`.`variant_id`,
`t20`.`exposed_at`,
`t20`.`first_seen_at`,
`t20`.`stratum`,
`t20`.`segment__platform`,
`t20`.`starts_at`,
`t20`.`ends_at`,
`t20`.`last_date`,
`t20`.`analysis_end_at`,
`t20`.`experiment_number`,
`t20`.`read_from`,
`t20`.`is_observable`,
`t20`.`window_end__experiment`,
`t20`.`window_end__7d`,
`t20`.`window_end__5d`,
`t20`.`value_7ab10653__sum__before_7d`,
COALESCE(`t20`.`is_active_before_exposure`, FALSE) AS `is_active_before_exposure`
FROM (
SELECT
`t19`.*
EXCEPT (`experiment_number_right`, `unit_id_right`)
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
`t18`.`last_date`,
`t18`.`analysis_end_at`,
`t18`.`experiment_number`,
`t18`.`read_from`,
`t18`.`is_observable`,
`t18`.`window_end__experiment`,
`t18`.`window_end__7d`,
`t18`.`window_end__5d`,
`t16`.`experiment_number` AS `experiment_number_right`,
`t16`.`unit_id` AS `unit_id_right`,
`t16`.`value_7ab10653__sum__before_7d`,
`t16`.`is_active_before_exposure`
FROM (
SELECT
`t12`.`experiment_id`,
`t12`.`unit_id`,
`t12`.`unit_id_text`,
`t12`.`variant_id`,
`t12`.`exposed_at`,
`t12`.`first_seen_at`,
`t12`.`stratum`,
`t12`.`segment__platform`,
`t12`.`starts_at`,
`t12`.`ends_at`,
`t12`.`analysis_date` AS `last_date`,
`t12`.`analysis_end_at`,
CASE `t12`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t12`.`starts_at`, TIMESTAMP_SUB(`t12`.`exposed_at`, INTERVAL '604800' SECOND)) AS `read_from`,
(
`t12`.`first_seen_at` IS NULL
)
OR (
`t12`.`first_seen_at` <= TIMESTAMP_SUB(`t12`.`exposed_at`, INTERVAL '86400' SECOND)
) AS `is_observable`,
CASE
WHEN `t12`.`experiment_id` = 'e1'
THEN `t12`.`ends_at`
ELSE CAST(NULL AS DATETIME)
END AS `window_end__experiment`,
TIMESTAMP_ADD(`t12`.`exposed_at`, INTERVAL '604800' SECOND) AS `window_end__7d`,
TIMESTAMP_ADD(`t12`.`exposed_at`, INTERVAL '432000' SECOND) AS `window_end__5d`
FROM (
SELECT
`t7`.`experiment_id`,
`t7`.`unit_id`,
`t7`.`unit_id_text`,
`t7`.`variant_id`,
`t7`.`exposed_at`,
`t7`.`first_seen_at`,
`t7`.`stratum`,
`t7`.`segment__platform`,
`t8`.`starts_at`,
`t8`.`ends_at`,
`t8`.`analysis_date`,
`t8`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t7`
INNER JOIN (
select * from dates
) AS `t8`
ON `t7`.`experiment_id` = `t8`.`experiment_id`
) AS `t12`
WHERE
`t12`.`exposed_at` < `t12`.`analysis_end_at`
) AS `t18`
LEFT OUTER JOIN (
SELECT
`t10`.`experiment_number`,
`t10`.`unit_id`,
SUM(`t10`.`value_7ab10653__sum__before_7d`) AS `value_7ab10653__sum__before_7d`,
LOGICAL_OR(`t10`.`is_active_before_exposure`) AS `is_active_before_exposure`
FROM (
SELECT
`t4`.`partition_key`,
`t4`.`experiment_id`,
`t4`.`fact`,
`t4`.`partition_date`,
`t4`.`unit_id`,
`t4`.`inputs_hash`,
`t4`.`value_7ab10653__sum__before_7d`,
`t4`.`is_active_before_exposure`,
CASE `t4`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`
FROM (
select * from unit_histories
) AS `t4`
WHERE
`t4`.`unit_id` IS NOT NULL
) AS `t10`
GROUP BY
1,
2
) AS `t16`
ON `t18`.`experiment_number` = `t16`.`experiment_number`
AND `t18`.`unit_id` = `t16`.`unit_id`
WHERE
EXISTS(
SELECT
1
FROM (
select experiment_id, analysis_date from wanted
) AS `t6`
WHERE
`t18`.`experiment_id` = `t6`.`experiment_id`
)
) AS `t19`
) AS `t20`
) AS `t25`
INNER JOIN (
SELECT
`t27`.`experiment_number`,
`t27`.`unit_id`,
`t27`.`partition_date`,
LEAD(`t27`.`partition_date`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
) AS `next_date`,
MAX(`t27`.`value_7ab10653__any__experiment`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__any__experiment`,
MAX(`t27`.`value_7ab10653__any__1d_to_7d`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__any__1d_to_7d`,
SUM(`t27`.`value_7ab10653__sum__7d`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__sum__7d`,
ARRAY(
SELECT DISTINCT
drawn_0
FROM UNNEST(FLATTEN(
ARRAY_AGG(`t27`.`value_7ab10653__instants__end_7d` IGNORE NULLS) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
)
)) AS drawn_0
) AS `value_7ab10653__instants__end_7d`,
MIN(`t27`.`weight_2d30ad4f__first__end_0d`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `weight_2d30ad4f__first__end_0d`,
SUM(`t27`.`value_7ab10653__sum__experiment`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__sum__experiment`,
ARRAY(
SELECT DISTINCT
drawn_1
FROM UNNEST(FLATTEN(
ARRAY_AGG(`t27`.`label_4f1767c6__distinct__experiment` IGNORE NULLS) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
)
)) AS drawn_1
) AS `label_4f1767c6__distinct__experiment`,
SUM(`t27`.`value_7ab10653__count__experiment`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__count__experiment`,
SUM(`t27`.`value_7ab10653__grid_e20aa156_01__experiment`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__grid_e20aa156_01__experiment`,
SUM(`t27`.`value_7ab10653__grid_e20aa156_02__experiment`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__grid_e20aa156_02__experiment`,
SUM(`t27`.`value_7ab10653__sum__5d`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__sum__5d`,
SUM(`t27`.`weight_2d30ad4f__sum__5d`) OVER (
PARTITION BY `t27`.`experiment_number`, `t27`.`unit_id`
ORDER BY `t27`.`partition_date` ASC
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `weight_2d30ad4f__sum__5d`
FROM (
SELECT
*
FROM (
SELECT
`t20`.`experiment_number`,
`t20`.`unit_id`,
DATE(`t20`.`exposed_at`) AS `partition_date`,
CAST(NULL AS FLOAT64) AS `value_7ab10653__any__experiment`,
CAST(NULL AS FLOAT64) AS `value_7ab10653__any__1d_to_7d`,
CAST(NULL AS FLOAT64) AS `value_7ab10653__sum__7d`,
CAST(NULL AS ARRAY<DATETIME>) AS `value_7ab10653__instants__end_7d`,
CAST(NULL AS DATETIME) AS `weight_2d30ad4f__first__end_0d`,
CAST(NULL AS FLOAT64) AS `value_7ab10653__sum__experiment`,
CAST(NULL AS ARRAY<STRING>) AS `label_4f1767c6__distinct__experiment`,
CAST(NULL AS FLOAT64) AS `value_7ab10653__count__experiment`,
CAST(NULL AS FLOAT64) AS `value_7ab10653__grid_e20aa156_01__experiment`,
CAST(NULL AS FLOAT64) AS `value_7ab10653__grid_e20aa156_02__experiment`,
CAST(NULL AS FLOAT64) AS `value_7ab10653__sum__5d`,
CAST(NULL AS FLOAT64) AS `weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t19`.*
EXCEPT (`experiment_number_right`, `unit_id_right`)
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
`t18`.`last_date`,
`t18`.`analysis_end_at`,
`t18`.`experiment_number`,
`t18`.`read_from`,
`t18`.`is_observable`,
`t18`.`window_end__experiment`,
`t18`.`window_end__7d`,
`t18`.`window_end__5d`,
`t16`.`experiment_number` AS `experiment_number_right`,
`t16`.`unit_id` AS `unit_id_right`,
`t16`.`value_7ab10653__sum__before_7d`,
`t16`.`is_active_before_exposure`
FROM (
SELECT
`t12`.`experiment_id`,
`t12`.`unit_id`,
`t12`.`unit_id_text`,
`t12`.`variant_id`,
`t12`.`exposed_at`,
`t12`.`first_seen_at`,
`t12`.`stratum`,
`t12`.`segment__platform`,
`t12`.`starts_at`,
`t12`.`ends_at`,
`t12`.`analysis_date` AS `last_date`,
`t12`.`analysis_end_at`,
CASE `t12`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t12`.`starts_at`, TIMESTAMP_SUB(`t12`.`exposed_at`, INTERVAL '604800' SECOND)) AS `read_from`,
(
`t12`.`first_seen_at` IS NULL
)
OR (
`t12`.`first_seen_at` <= TIMESTAMP_SUB(`t12`.`exposed_at`, INTERVAL '86400' SECOND)
) AS `is_observable`,
CASE
WHEN `t12`.`experiment_id` = 'e1'
THEN `t12`.`ends_at`
ELSE CAST(NULL AS DATETIME)
END AS `window_end__experiment`,
TIMESTAMP_ADD(`t12`.`exposed_at`, INTERVAL '604800' SECOND) AS `window_end__7d`,
TIMESTAMP_ADD(`t12`.`exposed_at`, INTERVAL '432000' SECOND) AS `window_end__5d`
FROM (
SELECT
`t7`.`experiment_id`,
`t7`.`unit_id`,
`t7`.`unit_id_text`,
`t7`.`variant_id`,
`t7`.`exposed_at`,
`t7`.`first_seen_at`,
`t7`.`stratum`,
`t7`.`segment__platform`,
`t8`.`starts_at`,
`t8`.`ends_at`,
`t8`.`analysis_date`,
`t8`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t7`
INNER JOIN (
select * from dates
) AS `t8`
ON `t7`.`experiment_id` = `t8`.`experiment_id`
) AS `t12`
WHERE
`t12`.`exposed_at` < `t12`.`analysis_end_at`
) AS `t18`
LEFT OUTER JOIN (
SELECT
`t10`.`experiment_number`,
`t10`.`unit_id`,
SUM(`t10`.`value_7ab10653__sum__before_7d`) AS `value_7ab10653__sum__before_7d`,
LOGICAL_OR(`t10`.`is_active_before_exposure`) AS `is_active_before_exposure`
FROM (
SELECT
`t4`.`partition_key`,
`t4`.`experiment_id`,
`t4`.`fact`,
`t4`.`partition_date`,
`t4`.`unit_id`,
`t4`.`inputs_hash`,
`t4`.`value_7ab10653__sum__before_7d`,
`t4`.`is_active_before_exposure`,
CASE `t4`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`
FROM (
select * from unit_histories
) AS `t4`
WHERE
`t4`.`unit_id` IS NOT NULL
) AS `t10`
GROUP BY
1,
2
) AS `t16`
ON `t18`.`experiment_number` = `t16`.`experiment_number`
AND `t18`.`unit_id` = `t16`.`unit_id`
WHERE
EXISTS(
SELECT
1
FROM (
select experiment_id, analysis_date from wanted
) AS `t6`
WHERE
`t18`.`experiment_id` = `t6`.`experiment_id`
)
) AS `t19`
) AS `t20`
) AS `t22`
UNION ALL
SELECT
*
FROM (
SELECT
`t11`.`experiment_number`,
`t11`.`unit_id`,
`t11`.`partition_date`,
`t11`.`value_7ab10653__any__experiment`,
`t11`.`value_7ab10653__any__1d_to_7d`,
`t11`.`value_7ab10653__sum__7d`,
`t11`.`value_7ab10653__instants__end_7d`,
`t11`.`weight_2d30ad4f__first__end_0d`,
`t11`.`value_7ab10653__sum__experiment`,
`t11`.`label_4f1767c6__distinct__experiment`,
`t11`.`value_7ab10653__count__experiment`,
`t11`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t11`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t11`.`value_7ab10653__sum__5d`,
`t11`.`weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t2`.`partition_key`,
`t2`.`experiment_id`,
`t2`.`fact`,
`t2`.`partition_date`,
`t2`.`unit_id`,
`t2`.`inputs_hash`,
`t2`.`value_7ab10653__any__experiment`,
`t2`.`value_7ab10653__any__1d_to_7d`,
`t2`.`value_7ab10653__sum__7d`,
`t2`.`value_7ab10653__instants__end_7d`,
`t2`.`weight_2d30ad4f__first__end_0d`,
`t2`.`value_7ab10653__sum__experiment`,
`t2`.`label_4f1767c6__distinct__experiment`,
`t2`.`value_7ab10653__count__experiment`,
`t2`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t2`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t2`.`value_7ab10653__sum__5d`,
`t2`.`weight_2d30ad4f__sum__5d`,
CASE `t2`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`
FROM (
select * from unit_days
) AS `t2`
WHERE
`t2`.`unit_id` IS NOT NULL
) AS `t11`
WHERE
EXISTS(
SELECT
1
FROM (
SELECT DISTINCT
`t20`.`experiment_number`
FROM (
SELECT
`t19`.*
EXCEPT (`experiment_number_right`, `unit_id_right`)
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
`t18`.`last_date`,
`t18`.`analysis_end_at`,
`t18`.`experiment_number`,
`t18`.`read_from`,
`t18`.`is_observable`,
`t18`.`window_end__experiment`,
`t18`.`window_end__7d`,
`t18`.`window_end__5d`,
`t16`.`experiment_number` AS `experiment_number_right`,
`t16`.`unit_id` AS `unit_id_right`,
`t16`.`value_7ab10653__sum__before_7d`,
`t16`.`is_active_before_exposure`
FROM (
SELECT
`t12`.`experiment_id`,
`t12`.`unit_id`,
`t12`.`unit_id_text`,
`t12`.`variant_id`,
`t12`.`exposed_at`,
`t12`.`first_seen_at`,
`t12`.`stratum`,
`t12`.`segment__platform`,
`t12`.`starts_at`,
`t12`.`ends_at`,
`t12`.`analysis_date` AS `last_date`,
`t12`.`analysis_end_at`,
CASE `t12`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t12`.`starts_at`, TIMESTAMP_SUB(`t12`.`exposed_at`, INTERVAL '604800' SECOND)) AS `read_from`,
(
`t12`.`first_seen_at` IS NULL
)
OR (
`t12`.`first_seen_at` <= TIMESTAMP_SUB(`t12`.`exposed_at`, INTERVAL '86400' SECOND)
) AS `is_observable`,
CASE
WHEN `t12`.`experiment_id` = 'e1'
THEN `t12`.`ends_at`
ELSE CAST(NULL AS DATETIME)
END AS `window_end__experiment`,
TIMESTAMP_ADD(`t12`.`exposed_at`, INTERVAL '604800' SECOND) AS `window_end__7d`,
TIMESTAMP_ADD(`t12`.`exposed_at`, INTERVAL '432000' SECOND) AS `window_end__5d`
FROM (
SELECT
`t7`.`experiment_id`,
`t7`.`unit_id`,
`t7`.`unit_id_text`,
`t7`.`variant_id`,
`t7`.`exposed_at`,
`t7`.`first_seen_at`,
`t7`.`stratum`,
`t7`.`segment__platform`,
`t8`.`starts_at`,
`t8`.`ends_at`,
`t8`.`analysis_date`,
`t8`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t7`
INNER JOIN (
select * from dates
) AS `t8`
ON `t7`.`experiment_id` = `t8`.`experiment_id`
) AS `t12`
WHERE
`t12`.`exposed_at` < `t12`.`analysis_end_at`
) AS `t18`
LEFT OUTER JOIN (
SELECT
`t10`.`experiment_number`,
`t10`.`unit_id`,
SUM(`t10`.`value_7ab10653__sum__before_7d`) AS `value_7ab10653__sum__before_7d`,
LOGICAL_OR(`t10`.`is_active_before_exposure`) AS `is_active_before_exposure`
FROM (
SELECT
`t4`.`partition_key`,
`t4`.`experiment_id`,
`t4`.`fact`,
`t4`.`partition_date`,
`t4`.`unit_id`,
`t4`.`inputs_hash`,
`t4`.`value_7ab10653__sum__before_7d`,
`t4`.`is_active_before_exposure`,
CASE `t4`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`
FROM (
select * from unit_histories
) AS `t4`
WHERE
`t4`.`unit_id` IS NOT NULL
) AS `t10`
GROUP BY
1,
2
) AS `t16`
ON `t18`.`experiment_number` = `t16`.`experiment_number`
AND `t18`.`unit_id` = `t16`.`unit_id`
WHERE
EXISTS(
SELECT
1
FROM (
select experiment_id, analysis_date from wanted
) AS `t6`
WHERE
`t18`.`experiment_id` = `t6`.`experiment_id`
)
) AS `t19`
) AS `t20`
) AS `t23`
WHERE
`t11`.`experiment_number` = `t23`.`experiment_number`
)
) AS `t26`
) AS `t27`
) AS `t29`
ON `t25`.`experiment_number` = `t29`.`experiment_number`
AND `t25`.`unit_id` = `t29`.`unit_id`
) AS `t30`
WHERE
(
DATE_DIFF(
LEAST(
`t30`.`last_date`,
COALESCE(
CAST(CAST(DATE_SUB(`t30`.`next_date`, INTERVAL '1' DAY) AS DATETIME) AS DATE),
`t30`.`last_date`
)
),
`t30`.`partition_date`,
DAY
) + 1
) > 0
) AS `t31`
CROSS JOIN UNNEST(GENERATE_ARRAY(
0,
GREATEST(
ARRAY_LENGTH(
IF(
NOT NULLIF(1, 0) IS NULL AND SIGN(1) = SIGN(`t31`.`n_days` - 0),
ARRAY(
SELECT
drawn_2
FROM UNNEST(GENERATE_ARRAY(0, `t31`.`n_days`, 1)) AS drawn_2
WHERE
drawn_2 <> `t31`.`n_days`
),
[]
)
)
) - 1
)) AS pos
CROSS JOIN UNNEST(IF(
NOT NULLIF(1, 0) IS NULL AND SIGN(1) = SIGN(`t31`.`n_days` - 0),
ARRAY(
SELECT
drawn_2
FROM UNNEST(GENERATE_ARRAY(0, `t31`.`n_days`, 1)) AS drawn_2
WHERE
drawn_2 <> `t31`.`n_days`
),
[]
)) AS `day` WITH OFFSET AS pos_2
WHERE
pos = pos_2
OR (
pos > (
ARRAY_LENGTH(
IF(
NOT NULLIF(1, 0) IS NULL AND SIGN(1) = SIGN(`t31`.`n_days` - 0),
ARRAY(
SELECT
drawn_2
FROM UNNEST(GENERATE_ARRAY(0, `t31`.`n_days`, 1)) AS drawn_2
WHERE
drawn_2 <> `t31`.`n_days`
),
[]
)
) - 1
)
AND pos_2 = (
ARRAY_LENGTH(
IF(
NOT NULLIF(1, 0) IS NULL AND SIGN(1) = SIGN(`t31`.`n_days` - 0),
ARRAY(
SELECT
drawn_2
FROM UNNEST(GENERATE_ARRAY(0, `t31`.`n_days`, 1)) AS drawn_2
WHERE
drawn_2 <> `t31`.`n_days`
),
[]
)
) - 1
)
)
) AS `t32`
) AS `t34`
WHERE
EXISTS(
SELECT
1
FROM (
select experiment_id, analysis_date from wanted
) AS `t6`
WHERE
`t34`.`experiment_id` = `t6`.`experiment_id`
AND `t34`.`analysis_date` = `t6`.`analysis_date`
)
) AS `t35`
) AS `t37`
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
) AS `t15`
ON `t37`.`experiment_id` = `t15`.`experiment_id`
) AS `t38`
) AS `t39`
