SELECT
`t29`.`experiment_id`,
`t29`.`unit_id`,
`t29`.`variant_id`,
`t29`.`exposed_at`,
`t29`.`analysis_date`,
`t29`.`stratum`,
`t29`.`segment__platform`,
`t29`.`is_active_before_exposure`,
`t29`.`is_observable`,
IF(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__any__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `any_event__y`,
IF(
FALSE
OR (
`t29`.`experiment_id` IN ('e1')
AND (
`t29`.`window_end__7d` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__any__1d_to_7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `came_back__y`,
IF(
FALSE
OR (
`t29`.`experiment_id` IN ('e1')
AND (
`t29`.`window_end__7d` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `capped__y`,
IF(
FALSE
OR (
`t29`.`experiment_id` IN ('e1')
AND (
`t29`.`window_end__7d` <= `t29`.`known_until`
)
),
IF(
ISNULL(`t29`.`scale__capped__cap`),
CAST(NULL AS DOUBLE),
IF(
COALESCE(`t29`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE)) > `t29`.`scale__capped__cap`,
`t29`.`scale__capped__cap`,
COALESCE(`t29`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE))
)
),
CAST(NULL AS DOUBLE)
) AS `capped__winsorised__y`,
CAST(CAST(COALESCE(
(
`t29`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
) <= `t29`.`known_until`,
FALSE
)
AND (
COALESCE(
IF(
FILTER(
`t29`.`value_7ab10653__instants__end_7d`,
__ibis_param_instant__ -> (
__ibis_param_instant__ >= `t29`.`weight_2d30ad4f__first__end_0d`
)
AND (
__ibis_param_instant__ < (
`t29`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
)
)
) IS NOT NULL,
SIZE(
FILTER(
`t29`.`value_7ab10653__instants__end_7d`,
__ibis_param_instant__ -> (
__ibis_param_instant__ >= `t29`.`weight_2d30ad4f__first__end_0d`
)
AND (
__ibis_param_instant__ < (
`t29`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
)
)
)
),
CAST(NULL AS BIGINT)
),
0
) > 0
) AS INT) AS DOUBLE) AS `conversion__y`,
CAST(CAST(COALESCE(
(
`t29`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
) <= `t29`.`known_until`,
FALSE
) AS INT) AS DOUBLE) AS `conversion__d`,
IF(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `gini__y`,
IF(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
),
COALESCE(
CAST(IF(
`t29`.`label_4f1767c6__distinct__experiment` IS NOT NULL,
SIZE(`t29`.`label_4f1767c6__distinct__experiment`),
CAST(NULL AS BIGINT)
) AS DOUBLE),
CAST(0.0 AS DOUBLE)
),
CAST(NULL AS DOUBLE)
) AS `labels__y`,
IF(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__count__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__d`,
IF(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__grid_e20aa156_01__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__c_01`,
IF(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__grid_e20aa156_02__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__c_02`,
IF(
FALSE
OR (
`t29`.`experiment_id` IN ('e1')
AND (
`t29`.`window_end__5d` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__sum__5d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `rate__y`,
IF(
FALSE
OR (
`t29`.`experiment_id` IN ('e1')
AND (
`t29`.`window_end__5d` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`weight_2d30ad4f__sum__5d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `rate__d`,
IF(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
),
TRY_DIVIDE(
COALESCE(`t29`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) * CAST(2.0 AS DOUBLE),
`t29`.`scale__score__total`
),
CAST(NULL AS DOUBLE)
) AS `score__y`,
IF(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
),
COALESCE(`t29`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `total__y`,
IF(
(
`t29`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t29`.`window_end__experiment` <= `t29`.`known_until`
)
)
)
AND `t29`.`is_observable`,
COALESCE(`t29`.`value_7ab10653__sum__before_7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `total__x_y`
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
`t28`.`is_active_before_exposure__events`,
`t28`.`is_active_before_exposure__orders`,
`t28`.`is_active_before_exposure`,
`t28`.`known_until`,
`t28`.`scale__capped__cap`,
`t28`.`scale__score__total`
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
`t27`.`is_active_before_exposure__events`,
`t27`.`is_active_before_exposure__orders`,
`t27`.`is_active_before_exposure`,
`t27`.`known_until`,
`t15`.`experiment_id` AS `experiment_id_right`,
`t15`.`scale__capped__cap`,
`t15`.`scale__score__total`
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
`t25`.`analysis_date`,
`t25`.`analysis_end_at`,
`t25`.`experiment_number`,
`t25`.`read_from`,
`t25`.`is_observable`,
`t25`.`window_end__experiment`,
`t25`.`window_end__7d`,
`t25`.`window_end__5d`,
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
`t25`.`weight_2d30ad4f__sum__5d`,
`t25`.`value_7ab10653__sum__before_7d`,
`t25`.`is_active_before_exposure__events`,
`t25`.`is_active_before_exposure__orders`,
FALSE
OR COALESCE(`t25`.`is_active_before_exposure__events`, FALSE)
OR COALESCE(`t25`.`is_active_before_exposure__orders`, FALSE) AS `is_active_before_exposure`,
`t25`.`analysis_end_at` AS `known_until`
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
`t24`.`weight_2d30ad4f__sum__5d`,
`t24`.`value_7ab10653__sum__before_7d`,
`t24`.`is_active_before_exposure__events`,
`t24`.`is_active_before_exposure__orders`
FROM (
SELECT
`t23`.`experiment_id`,
`t23`.`unit_id`,
`t23`.`unit_id_text`,
`t23`.`variant_id`,
`t23`.`exposed_at`,
`t23`.`first_seen_at`,
`t23`.`stratum`,
`t23`.`segment__platform`,
`t23`.`starts_at`,
`t23`.`ends_at`,
`t23`.`analysis_date`,
`t23`.`analysis_end_at`,
`t23`.`experiment_number`,
`t23`.`read_from`,
`t23`.`is_observable`,
`t23`.`window_end__experiment`,
`t23`.`window_end__7d`,
`t23`.`window_end__5d`,
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
`t23`.`weight_2d30ad4f__sum__5d`,
`t23`.`value_7ab10653__sum__before_7d`,
`t23`.`is_active_before_exposure__events`,
`t10`.`experiment_number` AS `experiment_number_right`,
`t10`.`unit_id` AS `unit_id_right`,
`t10`.`is_active_before_exposure__orders`
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
`t21`.`window_end__5d`,
`t21`.`value_7ab10653__any__experiment`,
`t21`.`value_7ab10653__any__1d_to_7d`,
`t21`.`value_7ab10653__sum__7d`,
`t21`.`value_7ab10653__instants__end_7d`,
`t21`.`weight_2d30ad4f__first__end_0d`,
`t21`.`value_7ab10653__sum__experiment`,
`t21`.`label_4f1767c6__distinct__experiment`,
`t21`.`value_7ab10653__count__experiment`,
`t21`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t21`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t21`.`value_7ab10653__sum__5d`,
`t21`.`weight_2d30ad4f__sum__5d`,
`t21`.`value_7ab10653__sum__before_7d`,
`t21`.`is_active_before_exposure__events`
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
`t20`.`analysis_date`,
`t20`.`analysis_end_at`,
`t20`.`experiment_number`,
`t20`.`read_from`,
`t20`.`is_observable`,
`t20`.`window_end__experiment`,
`t20`.`window_end__7d`,
`t20`.`window_end__5d`,
`t20`.`value_7ab10653__any__experiment`,
`t20`.`value_7ab10653__any__1d_to_7d`,
`t20`.`value_7ab10653__sum__7d`,
`t20`.`value_7ab10653__instants__end_7d`,
`t20`.`weight_2d30ad4f__first__end_0d`,
`t20`.`value_7ab10653__sum__experiment`,
`t20`.`label_4f1767c6__distinct__experiment`,
`t20`.`value_7ab10653__count__experiment`,
`t20`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t20`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t20`.`value_7ab10653__sum__5d`,
`t20`.`weight_2d30ad4f__sum__5d`,
`t11`.`experiment_number` AS `experiment_number_right`,
`t11`.`unit_id` AS `unit_id_right`,
`t11`.`value_7ab10653__sum__before_7d`,
`t11`.`is_active_before_exposure__events`
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
`t18`.`value_7ab10653__any__experiment`,
`t18`.`value_7ab10653__any__1d_to_7d`,
`t18`.`value_7ab10653__sum__7d`,
`t18`.`value_7ab10653__instants__end_7d`,
`t18`.`weight_2d30ad4f__first__end_0d`,
`t18`.`value_7ab10653__sum__experiment`,
`t18`.`label_4f1767c6__distinct__experiment`,
`t18`.`value_7ab10653__count__experiment`,
`t18`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t18`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t18`.`value_7ab10653__sum__5d`,
`t18`.`weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t17`.`experiment_id`,
`t17`.`unit_id`,
`t17`.`unit_id_text`,
`t17`.`variant_id`,
`t17`.`exposed_at`,
`t17`.`first_seen_at`,
`t17`.`stratum`,
`t17`.`segment__platform`,
`t17`.`starts_at`,
`t17`.`ends_at`,
`t17`.`analysis_date`,
`t17`.`analysis_end_at`,
`t17`.`experiment_number`,
`t17`.`read_from`,
`t17`.`is_observable`,
`t17`.`window_end__experiment`,
`t17`.`window_end__7d`,
`t17`.`window_end__5d`,
`t12`.`experiment_number` AS `experiment_number_right`,
`t12`.`unit_id` AS `unit_id_right`,
`t12`.`value_7ab10653__any__experiment`,
`t12`.`value_7ab10653__any__1d_to_7d`,
`t12`.`value_7ab10653__sum__7d`,
`t12`.`value_7ab10653__instants__end_7d`,
`t12`.`weight_2d30ad4f__first__end_0d`,
`t12`.`value_7ab10653__sum__experiment`,
`t12`.`label_4f1767c6__distinct__experiment`,
`t12`.`value_7ab10653__count__experiment`,
`t12`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t12`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t12`.`value_7ab10653__sum__5d`,
`t12`.`weight_2d30ad4f__sum__5d`
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
) AS `t13`
WHERE
`t13`.`exposed_at` < `t13`.`analysis_end_at`
) AS `t17`
LEFT OUTER JOIN (
SELECT
CASE `t2`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t2`.`unit_id`,
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
`t2`.`weight_2d30ad4f__sum__5d`
FROM (
select * from unit_totals
) AS `t2`
WHERE
`t2`.`unit_id` IS NOT NULL
) AS `t12`
ON `t17`.`experiment_number` = `t12`.`experiment_number`
AND `t17`.`unit_id` = `t12`.`unit_id`
) AS `t18`
) AS `t20`
LEFT OUTER JOIN (
SELECT
CASE `t1`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t1`.`unit_id`,
`t1`.`value_7ab10653__sum__before_7d`,
`t1`.`is_active_before_exposure` AS `is_active_before_exposure__events`
FROM (
select * from unit_histories
) AS `t1`
WHERE
`t1`.`unit_id` IS NOT NULL AND `t1`.`fact` = 'events'
) AS `t11`
ON `t20`.`experiment_number` = `t11`.`experiment_number`
AND `t20`.`unit_id` = `t11`.`unit_id`
) AS `t21`
) AS `t23`
LEFT OUTER JOIN (
SELECT
CASE `t1`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t1`.`unit_id`,
`t1`.`is_active_before_exposure` AS `is_active_before_exposure__orders`
FROM (
select * from unit_histories
) AS `t1`
WHERE
`t1`.`unit_id` IS NOT NULL AND `t1`.`fact` = 'orders'
) AS `t10`
ON `t23`.`experiment_number` = `t10`.`experiment_number`
AND `t23`.`unit_id` = `t10`.`unit_id`
) AS `t24`
) AS `t25`
) AS `t27`
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
ON `t27`.`experiment_id` = `t15`.`experiment_id`
) AS `t28`
) AS `t29`
