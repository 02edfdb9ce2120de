SELECT
`t43`.`experiment_id`,
`t43`.`unit_id`,
`t43`.`variant_id`,
`t43`.`exposed_at`,
`t43`.`analysis_date`,
`t43`.`stratum`,
`t43`.`segment__platform`,
`t43`.`is_active_before_exposure`,
`t43`.`is_observable`,
IF(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__any__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `any_event__y`,
IF(
FALSE
OR (
`t43`.`experiment_id` IN ('e1')
AND (
`t43`.`window_end__7d` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__any__1d_to_7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `came_back__y`,
IF(
FALSE
OR (
`t43`.`experiment_id` IN ('e1')
AND (
`t43`.`window_end__7d` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `capped__y`,
IF(
FALSE
OR (
`t43`.`experiment_id` IN ('e1')
AND (
`t43`.`window_end__7d` <= `t43`.`known_until`
)
),
IF(
ISNULL(`t43`.`scale__capped__cap`),
CAST(NULL AS DOUBLE),
IF(
COALESCE(`t43`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE)) > `t43`.`scale__capped__cap`,
`t43`.`scale__capped__cap`,
COALESCE(`t43`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE))
)
),
CAST(NULL AS DOUBLE)
) AS `capped__winsorised__y`,
CAST(CAST(COALESCE(
(
`t43`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
) <= `t43`.`known_until`,
FALSE
)
AND (
COALESCE(
IF(
FILTER(
`t43`.`value_7ab10653__instants__end_7d`,
__ibis_param_instant__ -> (
__ibis_param_instant__ >= `t43`.`weight_2d30ad4f__first__end_0d`
)
AND (
__ibis_param_instant__ < (
`t43`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
)
)
) IS NOT NULL,
SIZE(
FILTER(
`t43`.`value_7ab10653__instants__end_7d`,
__ibis_param_instant__ -> (
__ibis_param_instant__ >= `t43`.`weight_2d30ad4f__first__end_0d`
)
AND (
__ibis_param_instant__ < (
`t43`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
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
`t43`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
) <= `t43`.`known_until`,
FALSE
) AS INT) AS DOUBLE) AS `conversion__d`,
IF(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `gini__y`,
IF(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
),
COALESCE(
CAST(IF(
`t43`.`label_4f1767c6__distinct__experiment` IS NOT NULL,
SIZE(`t43`.`label_4f1767c6__distinct__experiment`),
CAST(NULL AS BIGINT)
) AS DOUBLE),
CAST(0.0 AS DOUBLE)
),
CAST(NULL AS DOUBLE)
) AS `labels__y`,
IF(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__count__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__d`,
IF(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__grid_e20aa156_01__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__c_01`,
IF(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__grid_e20aa156_02__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__c_02`,
IF(
FALSE
OR (
`t43`.`experiment_id` IN ('e1')
AND (
`t43`.`window_end__5d` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__sum__5d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `rate__y`,
IF(
FALSE
OR (
`t43`.`experiment_id` IN ('e1')
AND (
`t43`.`window_end__5d` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`weight_2d30ad4f__sum__5d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `rate__d`,
IF(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
),
TRY_DIVIDE(
COALESCE(`t43`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) * CAST(2.0 AS DOUBLE),
`t43`.`scale__score__total`
),
CAST(NULL AS DOUBLE)
) AS `score__y`,
IF(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
),
COALESCE(`t43`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `total__y`,
IF(
(
`t43`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t43`.`window_end__experiment` <= `t43`.`known_until`
)
)
)
AND `t43`.`is_observable`,
COALESCE(`t43`.`value_7ab10653__sum__before_7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `total__x_y`
FROM (
SELECT
`t42`.`experiment_id`,
`t42`.`unit_id`,
`t42`.`unit_id_text`,
`t42`.`variant_id`,
`t42`.`exposed_at`,
`t42`.`first_seen_at`,
`t42`.`stratum`,
`t42`.`segment__platform`,
`t42`.`starts_at`,
`t42`.`ends_at`,
`t42`.`last_date`,
`t42`.`analysis_end_at`,
`t42`.`experiment_number`,
`t42`.`read_from`,
`t42`.`is_observable`,
`t42`.`window_end__experiment`,
`t42`.`window_end__7d`,
`t42`.`window_end__5d`,
`t42`.`value_7ab10653__sum__before_7d`,
`t42`.`is_active_before_exposure__events`,
`t42`.`is_active_before_exposure__orders`,
`t42`.`is_active_before_exposure`,
`t42`.`partition_date`,
`t42`.`next_date`,
`t42`.`value_7ab10653__any__experiment`,
`t42`.`value_7ab10653__any__1d_to_7d`,
`t42`.`value_7ab10653__sum__7d`,
`t42`.`value_7ab10653__instants__end_7d`,
`t42`.`weight_2d30ad4f__first__end_0d`,
`t42`.`value_7ab10653__sum__experiment`,
`t42`.`label_4f1767c6__distinct__experiment`,
`t42`.`value_7ab10653__count__experiment`,
`t42`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t42`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t42`.`value_7ab10653__sum__5d`,
`t42`.`weight_2d30ad4f__sum__5d`,
`t42`.`n_days`,
`t42`.`day`,
`t42`.`analysis_date`,
`t42`.`known_until`,
`t42`.`scale__capped__cap`,
`t42`.`scale__score__total`
FROM (
SELECT
`t41`.`experiment_id`,
`t41`.`unit_id`,
`t41`.`unit_id_text`,
`t41`.`variant_id`,
`t41`.`exposed_at`,
`t41`.`first_seen_at`,
`t41`.`stratum`,
`t41`.`segment__platform`,
`t41`.`starts_at`,
`t41`.`ends_at`,
`t41`.`last_date`,
`t41`.`analysis_end_at`,
`t41`.`experiment_number`,
`t41`.`read_from`,
`t41`.`is_observable`,
`t41`.`window_end__experiment`,
`t41`.`window_end__7d`,
`t41`.`window_end__5d`,
`t41`.`value_7ab10653__sum__before_7d`,
`t41`.`is_active_before_exposure__events`,
`t41`.`is_active_before_exposure__orders`,
`t41`.`is_active_before_exposure`,
`t41`.`partition_date`,
`t41`.`next_date`,
`t41`.`value_7ab10653__any__experiment`,
`t41`.`value_7ab10653__any__1d_to_7d`,
`t41`.`value_7ab10653__sum__7d`,
`t41`.`value_7ab10653__instants__end_7d`,
`t41`.`weight_2d30ad4f__first__end_0d`,
`t41`.`value_7ab10653__sum__experiment`,
`t41`.`label_4f1767c6__distinct__experiment`,
`t41`.`value_7ab10653__count__experiment`,
`t41`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t41`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t41`.`value_7ab10653__sum__5d`,
`t41`.`weight_2d30ad4f__sum__5d`,
`t41`.`n_days`,
`t41`.`day`,
`t41`.`analysis_date`,
`t41`.`known_until`,
`t17`.`experiment_id` AS `experiment_id_right`,
`t17`.`scale__capped__cap`,
`t17`.`scale__score__total`
FROM (
SELECT
`t39`.`experiment_id`,
`t39`.`unit_id`,
`t39`.`unit_id_text`,
`t39`.`variant_id`,
`t39`.`exposed_at`,
`t39`.`first_seen_at`,
`t39`.`stratum`,
`t39`.`segment__platform`,
`t39`.`starts_at`,
`t39`.`ends_at`,
`t39`.`last_date`,
`t39`.`analysis_end_at`,
`t39`.`experiment_number`,
`t39`.`read_from`,
`t39`.`is_observable`,
`t39`.`window_end__experiment`,
`t39`.`window_end__7d`,
`t39`.`window_end__5d`,
`t39`.`value_7ab10653__sum__before_7d`,
`t39`.`is_active_before_exposure__events`,
`t39`.`is_active_before_exposure__orders`,
`t39`.`is_active_before_exposure`,
`t39`.`partition_date`,
`t39`.`next_date`,
`t39`.`value_7ab10653__any__experiment`,
`t39`.`value_7ab10653__any__1d_to_7d`,
`t39`.`value_7ab10653__sum__7d`,
`t39`.`value_7ab10653__instants__end_7d`,
`t39`.`weight_2d30ad4f__first__end_0d`,
`t39`.`value_7ab10653__sum__experiment`,
`t39`.`label_4f1767c6__distinct__experiment`,
`t39`.`value_7ab10653__count__experiment`,
`t39`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t39`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t39`.`value_7ab10653__sum__5d`,
`t39`.`weight_2d30ad4f__sum__5d`,
`t39`.`n_days`,
`t39`.`day`,
`t39`.`analysis_date`,
CAST(`t39`.`analysis_date` AS TIMESTAMP) + INTERVAL '1' DAY AS `known_until`
FROM (
SELECT
`t38`.`experiment_id`,
`t38`.`unit_id`,
`t38`.`unit_id_text`,
`t38`.`variant_id`,
`t38`.`exposed_at`,
`t38`.`first_seen_at`,
`t38`.`stratum`,
`t38`.`segment__platform`,
`t38`.`starts_at`,
`t38`.`ends_at`,
`t38`.`last_date`,
`t38`.`analysis_end_at`,
`t38`.`experiment_number`,
`t38`.`read_from`,
`t38`.`is_observable`,
`t38`.`window_end__experiment`,
`t38`.`window_end__7d`,
`t38`.`window_end__5d`,
`t38`.`value_7ab10653__sum__before_7d`,
`t38`.`is_active_before_exposure__events`,
`t38`.`is_active_before_exposure__orders`,
`t38`.`is_active_before_exposure`,
`t38`.`partition_date`,
`t38`.`next_date`,
`t38`.`value_7ab10653__any__experiment`,
`t38`.`value_7ab10653__any__1d_to_7d`,
`t38`.`value_7ab10653__sum__7d`,
`t38`.`value_7ab10653__instants__end_7d`,
`t38`.`weight_2d30ad4f__first__end_0d`,
`t38`.`value_7ab10653__sum__experiment`,
`t38`.`label_4f1767c6__distinct__experiment`,
`t38`.`value_7ab10653__count__experiment`,
`t38`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t38`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t38`.`value_7ab10653__sum__5d`,
`t38`.`weight_2d30ad4f__sum__5d`,
`t38`.`n_days`,
`t38`.`day`,
`t38`.`analysis_date`
FROM (
SELECT
`t36`.`experiment_id`,
`t36`.`unit_id`,
`t36`.`unit_id_text`,
`t36`.`variant_id`,
`t36`.`exposed_at`,
`t36`.`first_seen_at`,
`t36`.`stratum`,
`t36`.`segment__platform`,
`t36`.`starts_at`,
`t36`.`ends_at`,
`t36`.`last_date`,
`t36`.`analysis_end_at`,
`t36`.`experiment_number`,
`t36`.`read_from`,
`t36`.`is_observable`,
`t36`.`window_end__experiment`,
`t36`.`window_end__7d`,
`t36`.`window_end__5d`,
`t36`.`value_7ab10653__sum__before_7d`,
`t36`.`is_active_before_exposure__events`,
`t36`.`is_active_before_exposure__orders`,
`t36`.`is_active_before_exposure`,
`t36`.`partition_date`,
`t36`.`next_date`,
`t36`.`value_7ab10653__any__experiment`,
`t36`.`value_7ab10653__any__1d_to_7d`,
`t36`.`value_7ab10653__sum__7d`,
`t36`.`value_7ab10653__instants__end_7d`,
`t36`.`weight_2d30ad4f__first__end_0d`,
`t36`.`value_7ab10653__sum__experiment`,
`t36`.`label_4f1767c6__distinct__experiment`,
`t36`.`value_7ab10653__count__experiment`,
`t36`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t36`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t36`.`value_7ab10653__sum__5d`,
`t36`.`weight_2d30ad4f__sum__5d`,
`t36`.`n_days`,
`t36`.`day`,
CAST(CAST(`t36`.`partition_date` + CAST(CONCAT(`t36`.`day`, ' days') AS INTERVAL) AS TIMESTAMP) AS DATE) AS `analysis_date`
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
`t35`.`is_active_before_exposure__events`,
`t35`.`is_active_before_exposure__orders`,
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
EXPLODE(
IF(
(
1 <> 0
) AND (
SIGN(1) = SIGN(`t35`.`n_days` - 0)
),
IF(
ELEMENT_AT(SEQUENCE(0, `t35`.`n_days`, 1), SIZE(SEQUENCE(0, `t35`.`n_days`, 1))) = `t35`.`n_days`,
SLICE(SEQUENCE(0, `t35`.`n_days`, 1), 1, SIZE(SEQUENCE(0, `t35`.`n_days`, 1)) - 1),
SEQUENCE(0, `t35`.`n_days`, 1)
),
ARRAY()
)
) AS `day`
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
`t34`.`is_active_before_exposure__events`,
`t34`.`is_active_before_exposure__orders`,
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
DATEDIFF(
DAY,
`t34`.`partition_date`,
LEAST(
`t34`.`last_date`,
COALESCE(
CAST(CAST(`t34`.`next_date` - INTERVAL '1' DAY AS TIMESTAMP) AS DATE),
`t34`.`last_date`
)
)
) + 1 AS `n_days`
FROM (
SELECT
`t29`.`experiment_id`,
`t29`.`unit_id`,
`t29`.`unit_id_text`,
`t29`.`variant_id`,
`t29`.`exposed_at`,
`t29`.`first_seen_at`,
`t29`.`stratum`,
`t29`.`segment__platform`,
`t29`.`starts_at`,
`t29`.`ends_at`,
`t29`.`last_date`,
`t29`.`analysis_end_at`,
`t29`.`experiment_number`,
`t29`.`read_from`,
`t29`.`is_observable`,
`t29`.`window_end__experiment`,
`t29`.`window_end__7d`,
`t29`.`window_end__5d`,
`t29`.`value_7ab10653__sum__before_7d`,
`t29`.`is_active_before_exposure__events`,
`t29`.`is_active_before_exposure__orders`,
`t29`.`is_active_before_exposure`,
`t33`.`partition_date`,
`t33`.`next_date`,
`t33`.`value_7ab10653__any__experiment`,
`t33`.`value_7ab10653__any__1d_to_7d`,
`t33`.`value_7ab10653__sum__7d`,
`t33`.`value_7ab10653__instants__end_7d`,
`t33`.`weight_2d30ad4f__first__end_0d`,
`t33`.`value_7ab10653__sum__experiment`,
`t33`.`label_4f1767c6__distinct__experiment`,
`t33`.`value_7ab10653__count__experiment`,
`t33`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t33`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t33`.`value_7ab10653__sum__5d`,
`t33`.`weight_2d30ad4f__sum__5d`
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
`t24`.`last_date`,
`t24`.`analysis_end_at`,
`t24`.`experiment_number`,
`t24`.`read_from`,
`t24`.`is_observable`,
`t24`.`window_end__experiment`,
`t24`.`window_end__7d`,
`t24`.`window_end__5d`,
`t24`.`value_7ab10653__sum__before_7d`,
`t24`.`is_active_before_exposure__events`,
`t24`.`is_active_before_exposure__orders`,
FALSE
OR COALESCE(`t24`.`is_active_before_exposure__events`, FALSE)
OR COALESCE(`t24`.`is_active_before_exposure__orders`, FALSE) AS `is_active_before_exposure`
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
`t23`.`last_date`,
`t23`.`analysis_end_at`,
`t23`.`experiment_number`,
`t23`.`read_from`,
`t23`.`is_observable`,
`t23`.`window_end__experiment`,
`t23`.`window_end__7d`,
`t23`.`window_end__5d`,
`t23`.`value_7ab10653__sum__before_7d`,
`t23`.`is_active_before_exposure__events`,
`t23`.`is_active_before_exposure__orders`
FROM (
SELECT
`t22`.`experiment_id`,
`t22`.`unit_id`,
`t22`.`unit_id_text`,
`t22`.`variant_id`,
`t22`.`exposed_at`,
`t22`.`first_seen_at`,
`t22`.`stratum`,
`t22`.`segment__platform`,
`t22`.`starts_at`,
`t22`.`ends_at`,
`t22`.`last_date`,
`t22`.`analysis_end_at`,
`t22`.`experiment_number`,
`t22`.`read_from`,
`t22`.`is_observable`,
`t22`.`window_end__experiment`,
`t22`.`window_end__7d`,
`t22`.`window_end__5d`,
`t22`.`value_7ab10653__sum__before_7d`,
`t22`.`is_active_before_exposure__events`,
`t12`.`experiment_number` AS `experiment_number_right`,
`t12`.`unit_id` AS `unit_id_right`,
`t12`.`is_active_before_exposure__orders`
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
`t20`.`is_active_before_exposure__events`
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
`t19`.`last_date`,
`t19`.`analysis_end_at`,
`t19`.`experiment_number`,
`t19`.`read_from`,
`t19`.`is_observable`,
`t19`.`window_end__experiment`,
`t19`.`window_end__7d`,
`t19`.`window_end__5d`,
`t13`.`experiment_number` AS `experiment_number_right`,
`t13`.`unit_id` AS `unit_id_right`,
`t13`.`value_7ab10653__sum__before_7d`,
`t13`.`is_active_before_exposure__events`
FROM (
SELECT
`t15`.`experiment_id`,
`t15`.`unit_id`,
`t15`.`unit_id_text`,
`t15`.`variant_id`,
`t15`.`exposed_at`,
`t15`.`first_seen_at`,
`t15`.`stratum`,
`t15`.`segment__platform`,
`t15`.`starts_at`,
`t15`.`ends_at`,
`t15`.`analysis_date` AS `last_date`,
`t15`.`analysis_end_at`,
CASE `t15`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t15`.`starts_at`, `t15`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t15`.`first_seen_at` IS NULL
)
OR (
`t15`.`first_seen_at` <= (
`t15`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t15`.`experiment_id` = 'e1'
THEN `t15`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t15`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t15`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
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
) AS `t15`
WHERE
`t15`.`exposed_at` < `t15`.`analysis_end_at`
) AS `t19`
LEFT SEMI JOIN (
select experiment_id, analysis_date from wanted
) AS `t6`
ON `t19`.`experiment_id` = `t6`.`experiment_id`
LEFT OUTER JOIN (
SELECT
CASE `t2`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t2`.`unit_id`,
`t2`.`value_7ab10653__sum__before_7d`,
`t2`.`is_active_before_exposure` AS `is_active_before_exposure__events`
FROM (
select * from unit_histories
) AS `t2`
WHERE
`t2`.`unit_id` IS NOT NULL AND `t2`.`fact` = 'events'
) AS `t13`
ON `t19`.`experiment_number` = `t13`.`experiment_number`
AND `t19`.`unit_id` = `t13`.`unit_id`
) AS `t20`
) AS `t22`
LEFT OUTER JOIN (
SELECT
CASE `t2`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t2`.`unit_id`,
`t2`.`is_active_before_exposure` AS `is_active_before_exposure__orders`
FROM (
select * from unit_histories
) AS `t2`
WHERE
`t2`.`unit_id` IS NOT NULL AND `t2`.`fact` = 'orders'
) AS `t12`
ON `t22`.`experiment_number` = `t12`.`experiment_number`
AND `t22`.`unit_id` = `t12`.`unit_id`
) AS `t23`
) AS `t24`
) AS `t29`
INNER JOIN (
SELECT
`t31`.`experiment_number`,
`t31`.`unit_id`,
`t31`.`partition_date`,
LEAD(`t31`.`partition_date`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
) AS `next_date`,
MAX(`t31`.`value_7ab10653__any__experiment`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__any__experiment`,
MAX(`t31`.`value_7ab10653__any__1d_to_7d`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__any__1d_to_7d`,
SUM(`t31`.`value_7ab10653__sum__7d`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__sum__7d`,
ARRAY_DISTINCT(
FLATTEN(
COLLECT_LIST(`t31`.`value_7ab10653__instants__end_7d`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
)
)
) AS `value_7ab10653__instants__end_7d`,
MIN(`t31`.`weight_2d30ad4f__first__end_0d`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `weight_2d30ad4f__first__end_0d`,
SUM(`t31`.`value_7ab10653__sum__experiment`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__sum__experiment`,
ARRAY_DISTINCT(
FLATTEN(
COLLECT_LIST(`t31`.`label_4f1767c6__distinct__experiment`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
)
)
) AS `label_4f1767c6__distinct__experiment`,
SUM(`t31`.`value_7ab10653__count__experiment`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__count__experiment`,
SUM(`t31`.`value_7ab10653__grid_e20aa156_01__experiment`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__grid_e20aa156_01__experiment`,
SUM(`t31`.`value_7ab10653__grid_e20aa156_02__experiment`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__grid_e20aa156_02__experiment`,
SUM(`t31`.`value_7ab10653__sum__5d`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `value_7ab10653__sum__5d`,
SUM(`t31`.`weight_2d30ad4f__sum__5d`) OVER (
PARTITION BY `t31`.`experiment_number`, `t31`.`unit_id`
ORDER BY `t31`.`partition_date` ASC NULLS LAST
ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
) AS `weight_2d30ad4f__sum__5d`
FROM (
SELECT
*
FROM (
SELECT
`t24`.`experiment_number`,
`t24`.`unit_id`,
CAST(`t24`.`exposed_at` AS DATE) AS `partition_date`,
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
`t23`.`last_date`,
`t23`.`analysis_end_at`,
`t23`.`experiment_number`,
`t23`.`read_from`,
`t23`.`is_observable`,
`t23`.`window_end__experiment`,
`t23`.`window_end__7d`,
`t23`.`window_end__5d`,
`t23`.`value_7ab10653__sum__before_7d`,
`t23`.`is_active_before_exposure__events`,
`t23`.`is_active_before_exposure__orders`
FROM (
SELECT
`t22`.`experiment_id`,
`t22`.`unit_id`,
`t22`.`unit_id_text`,
`t22`.`variant_id`,
`t22`.`exposed_at`,
`t22`.`first_seen_at`,
`t22`.`stratum`,
`t22`.`segment__platform`,
`t22`.`starts_at`,
`t22`.`ends_at`,
`t22`.`last_date`,
`t22`.`analysis_end_at`,
`t22`.`experiment_number`,
`t22`.`read_from`,
`t22`.`is_observable`,
`t22`.`window_end__experiment`,
`t22`.`window_end__7d`,
`t22`.`window_end__5d`,
`t22`.`value_7ab10653__sum__before_7d`,
`t22`.`is_active_before_exposure__events`,
`t12`.`experiment_number` AS `experiment_number_right`,
`t12`.`unit_id` AS `unit_id_right`,
`t12`.`is_active_before_exposure__orders`
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
`t20`.`is_active_before_exposure__events`
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
`t19`.`last_date`,
`t19`.`analysis_end_at`,
`t19`.`experiment_number`,
`t19`.`read_from`,
`t19`.`is_observable`,
`t19`.`window_end__experiment`,
`t19`.`window_end__7d`,
`t19`.`window_end__5d`,
`t13`.`experiment_number` AS `experiment_number_right`,
`t13`.`unit_id` AS `unit_id_right`,
`t13`.`value_7ab10653__sum__before_7d`,
`t13`.`is_active_before_exposure__events`
FROM (
SELECT
`t15`.`experiment_id`,
`t15`.`unit_id`,
`t15`.`unit_id_text`,
`t15`.`variant_id`,
`t15`.`exposed_at`,
`t15`.`first_seen_at`,
`t15`.`stratum`,
`t15`.`segment__platform`,
`t15`.`starts_at`,
`t15`.`ends_at`,
`t15`.`analysis_date` AS `last_date`,
`t15`.`analysis_end_at`,
CASE `t15`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t15`.`starts_at`, `t15`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t15`.`first_seen_at` IS NULL
)
OR (
`t15`.`first_seen_at` <= (
`t15`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t15`.`experiment_id` = 'e1'
THEN `t15`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t15`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t15`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
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
) AS `t15`
WHERE
`t15`.`exposed_at` < `t15`.`analysis_end_at`
) AS `t19`
LEFT SEMI JOIN (
select experiment_id, analysis_date from wanted
) AS `t6`
ON `t19`.`experiment_id` = `t6`.`experiment_id`
LEFT OUTER JOIN (
SELECT
CASE `t2`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t2`.`unit_id`,
`t2`.`value_7ab10653__sum__before_7d`,
`t2`.`is_active_before_exposure` AS `is_active_before_exposure__events`
FROM (
select * from unit_histories
) AS `t2`
WHERE
`t2`.`unit_id` IS NOT NULL AND `t2`.`fact` = 'events'
) AS `t13`
ON `t19`.`experiment_number` = `t13`.`experiment_number`
AND `t19`.`unit_id` = `t13`.`unit_id`
) AS `t20`
) AS `t22`
LEFT OUTER JOIN (
SELECT
CASE `t2`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t2`.`unit_id`,
`t2`.`is_active_before_exposure` AS `is_active_before_exposure__orders`
FROM (
select * from unit_histories
) AS `t2`
WHERE
`t2`.`unit_id` IS NOT NULL AND `t2`.`fact` = 'orders'
) AS `t12`
ON `t22`.`experiment_number` = `t12`.`experiment_number`
AND `t22`.`unit_id` = `t12`.`unit_id`
) AS `t23`
) AS `t24`
) AS `t26`
UNION ALL
SELECT
*
FROM (
SELECT
`t14`.`experiment_number`,
`t14`.`unit_id`,
`t14`.`partition_date`,
`t14`.`value_7ab10653__any__experiment`,
`t14`.`value_7ab10653__any__1d_to_7d`,
`t14`.`value_7ab10653__sum__7d`,
`t14`.`value_7ab10653__instants__end_7d`,
`t14`.`weight_2d30ad4f__first__end_0d`,
`t14`.`value_7ab10653__sum__experiment`,
`t14`.`label_4f1767c6__distinct__experiment`,
`t14`.`value_7ab10653__count__experiment`,
`t14`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t14`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t14`.`value_7ab10653__sum__5d`,
`t14`.`weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t3`.`partition_key`,
`t3`.`experiment_id`,
`t3`.`fact`,
`t3`.`partition_date`,
`t3`.`unit_id`,
`t3`.`inputs_hash`,
`t3`.`value_7ab10653__any__experiment`,
`t3`.`value_7ab10653__any__1d_to_7d`,
`t3`.`value_7ab10653__sum__7d`,
`t3`.`value_7ab10653__instants__end_7d`,
`t3`.`weight_2d30ad4f__first__end_0d`,
`t3`.`value_7ab10653__sum__experiment`,
`t3`.`label_4f1767c6__distinct__experiment`,
`t3`.`value_7ab10653__count__experiment`,
`t3`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t3`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t3`.`value_7ab10653__sum__5d`,
`t3`.`weight_2d30ad4f__sum__5d`,
CASE `t3`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`
FROM (
select * from unit_days
) AS `t3`
WHERE
`t3`.`unit_id` IS NOT NULL
) AS `t14`
LEFT SEMI JOIN (
SELECT DISTINCT
`t24`.`experiment_number`
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
`t23`.`last_date`,
`t23`.`analysis_end_at`,
`t23`.`experiment_number`,
`t23`.`read_from`,
`t23`.`is_observable`,
`t23`.`window_end__experiment`,
`t23`.`window_end__7d`,
`t23`.`window_end__5d`,
`t23`.`value_7ab10653__sum__before_7d`,
`t23`.`is_active_before_exposure__events`,
`t23`.`is_active_before_exposure__orders`
FROM (
SELECT
`t22`.`experiment_id`,
`t22`.`unit_id`,
`t22`.`unit_id_text`,
`t22`.`variant_id`,
`t22`.`exposed_at`,
`t22`.`first_seen_at`,
`t22`.`stratum`,
`t22`.`segment__platform`,
`t22`.`starts_at`,
`t22`.`ends_at`,
`t22`.`last_date`,
`t22`.`analysis_end_at`,
`t22`.`experiment_number`,
`t22`.`read_from`,
`t22`.`is_observable`,
`t22`.`window_end__experiment`,
`t22`.`window_end__7d`,
`t22`.`window_end__5d`,
`t22`.`value_7ab10653__sum__before_7d`,
`t22`.`is_active_before_exposure__events`,
`t12`.`experiment_number` AS `experiment_number_right`,
`t12`.`unit_id` AS `unit_id_right`,
`t12`.`is_active_before_exposure__orders`
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
`t20`.`is_active_before_exposure__events`
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
`t19`.`last_date`,
`t19`.`analysis_end_at`,
`t19`.`experiment_number`,
`t19`.`read_from`,
`t19`.`is_observable`,
`t19`.`window_end__experiment`,
`t19`.`window_end__7d`,
`t19`.`window_end__5d`,
`t13`.`experiment_number` AS `experiment_number_right`,
`t13`.`unit_id` AS `unit_id_right`,
`t13`.`value_7ab10653__sum__before_7d`,
`t13`.`is_active_before_exposure__events`
FROM (
SELECT
`t15`.`experiment_id`,
`t15`.`unit_id`,
`t15`.`unit_id_text`,
`t15`.`variant_id`,
`t15`.`exposed_at`,
`t15`.`first_seen_at`,
`t15`.`stratum`,
`t15`.`segment__platform`,
`t15`.`starts_at`,
`t15`.`ends_at`,
`t15`.`analysis_date` AS `last_date`,
`t15`.`analysis_end_at`,
CASE `t15`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t15`.`starts_at`, `t15`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t15`.`first_seen_at` IS NULL
)
OR (
`t15`.`first_seen_at` <= (
`t15`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t15`.`experiment_id` = 'e1'
THEN `t15`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t15`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t15`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
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
) AS `t15`
WHERE
`t15`.`exposed_at` < `t15`.`analysis_end_at`
) AS `t19`
LEFT SEMI JOIN (
select experiment_id, analysis_date from wanted
) AS `t6`
ON `t19`.`experiment_id` = `t6`.`experiment_id`
LEFT OUTER JOIN (
SELECT
CASE `t2`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t2`.`unit_id`,
`t2`.`value_7ab10653__sum__before_7d`,
`t2`.`is_active_before_exposure` AS `is_active_before_exposure__events`
FROM (
select * from unit_histories
) AS `t2`
WHERE
`t2`.`unit_id` IS NOT NULL AND `t2`.`fact` = 'events'
) AS `t13`
ON `t19`.`experiment_number` = `t13`.`experiment_number`
AND `t19`.`unit_id` = `t13`.`unit_id`
) AS `t20`
) AS `t22`
LEFT OUTER JOIN (
SELECT
CASE `t2`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
`t2`.`unit_id`,
`t2`.`is_active_before_exposure` AS `is_active_before_exposure__orders`
FROM (
select * from unit_histories
) AS `t2`
WHERE
`t2`.`unit_id` IS NOT NULL AND `t2`.`fact` = 'orders'
) AS `t12`
ON `t22`.`experiment_number` = `t12`.`experiment_number`
AND `t22`.`unit_id` = `t12`.`unit_id`
) AS `t23`
) AS `t24`
) AS `t27`
ON `t14`.`experiment_number` = `t27`.`experiment_number`
) AS `t30`
) AS `t31`
) AS `t33`
ON `t29`.`experiment_number` = `t33`.`experiment_number`
AND `t29`.`unit_id` = `t33`.`unit_id`
) AS `t34`
WHERE
(
DATEDIFF(
DAY,
`t34`.`partition_date`,
LEAST(
`t34`.`last_date`,
COALESCE(
CAST(CAST(`t34`.`next_date` - INTERVAL '1' DAY AS TIMESTAMP) AS DATE),
`t34`.`last_date`
)
)
) + 1
) > 0
) AS `t35`
) AS `t36`
) AS `t38`
LEFT SEMI JOIN (
select experiment_id, analysis_date from wanted
) AS `t6`
ON `t38`.`experiment_id` = `t6`.`experiment_id`
AND `t38`.`analysis_date` = `t6`.`analysis_date`
) AS `t39`
) AS `t41`
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
) AS `t17`
ON `t41`.`experiment_id` = `t17`.`experiment_id`
) AS `t42`
) AS `t43`
