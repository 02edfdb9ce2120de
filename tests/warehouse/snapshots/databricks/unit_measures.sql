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
COALESCE(`t39`.`value_7ab10653__any__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `any_event__y`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__7d` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__any__1d_to_7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `came_back__y`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__7d` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
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
ISNULL(`t39`.`scale__capped__cap`),
CAST(NULL AS DOUBLE),
IF(
COALESCE(`t39`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE)) > `t39`.`scale__capped__cap`,
`t39`.`scale__capped__cap`,
COALESCE(`t39`.`value_7ab10653__sum__7d`, CAST(0.0 AS DOUBLE))
)
),
CAST(NULL AS DOUBLE)
) AS `capped__winsorised__y`,
CAST(CAST(COALESCE(
(
`t39`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
) <= `t39`.`known_until`,
FALSE
)
AND (
COALESCE(
IF(
FILTER(
`t39`.`value_7ab10653__instants__end_7d`,
__ibis_param_instant__ -> (
__ibis_param_instant__ >= `t39`.`weight_2d30ad4f__first__end_0d`
)
AND (
__ibis_param_instant__ < (
`t39`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
)
)
) IS NOT NULL,
SIZE(
FILTER(
`t39`.`value_7ab10653__instants__end_7d`,
__ibis_param_instant__ -> (
__ibis_param_instant__ >= `t39`.`weight_2d30ad4f__first__end_0d`
)
AND (
__ibis_param_instant__ < (
`t39`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
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
`t39`.`weight_2d30ad4f__first__end_0d` + INTERVAL '604800' SECOND
) <= `t39`.`known_until`,
FALSE
) AS INT) AS DOUBLE) AS `conversion__d`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `gini__y`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(
CAST(IF(
`t39`.`label_4f1767c6__distinct__experiment` IS NOT NULL,
SIZE(`t39`.`label_4f1767c6__distinct__experiment`),
CAST(NULL AS BIGINT)
) AS DOUBLE),
CAST(0.0 AS DOUBLE)
),
CAST(NULL AS DOUBLE)
) AS `labels__y`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__count__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__d`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__grid_e20aa156_01__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__c_01`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__grid_e20aa156_02__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `p95__c_02`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__5d` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__sum__5d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `rate__y`,
IF(
FALSE
OR (
`t39`.`experiment_id` IN ('e1')
AND (
`t39`.`window_end__5d` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`weight_2d30ad4f__sum__5d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `rate__d`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
TRY_DIVIDE(
COALESCE(`t39`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)) * CAST(2.0 AS DOUBLE),
`t39`.`scale__score__total`
),
CAST(NULL AS DOUBLE)
) AS `score__y`,
IF(
`t39`.`experiment_id` IN ('e1')
OR (
FALSE AND (
`t39`.`window_end__experiment` <= `t39`.`known_until`
)
),
COALESCE(`t39`.`value_7ab10653__sum__experiment`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
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
COALESCE(`t39`.`value_7ab10653__sum__before_7d`, CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `total__x_y`
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
`t38`.`analysis_date`,
`t38`.`analysis_end_at`,
`t38`.`experiment_number`,
`t38`.`read_from`,
`t38`.`is_observable`,
`t38`.`window_end__experiment`,
`t38`.`window_end__7d`,
`t38`.`window_end__5d`,
`t38`.`grid_e20aa156_01`,
`t38`.`grid_e20aa156_02`,
`t38`.`known_until`,
`t38`.`is_active_before_exposure__events`,
`t38`.`value_7ab10653__any__experiment`,
`t38`.`value_7ab10653__any__1d_to_7d`,
`t38`.`value_7ab10653__sum__7d`,
`t38`.`value_7ab10653__instants__end_7d`,
`t38`.`value_7ab10653__sum__experiment`,
`t38`.`label_4f1767c6__distinct__experiment`,
`t38`.`value_7ab10653__count__experiment`,
`t38`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t38`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t38`.`value_7ab10653__sum__5d`,
`t38`.`value_7ab10653__sum__before_7d`,
`t38`.`is_active_before_exposure__orders`,
`t38`.`weight_2d30ad4f__first__end_0d`,
`t38`.`weight_2d30ad4f__sum__5d`,
`t38`.`is_active_before_exposure`,
`t38`.`scale__capped__cap`,
`t38`.`scale__score__total`
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
`t37`.`analysis_date`,
`t37`.`analysis_end_at`,
`t37`.`experiment_number`,
`t37`.`read_from`,
`t37`.`is_observable`,
`t37`.`window_end__experiment`,
`t37`.`window_end__7d`,
`t37`.`window_end__5d`,
`t37`.`grid_e20aa156_01`,
`t37`.`grid_e20aa156_02`,
`t37`.`known_until`,
`t37`.`is_active_before_exposure__events`,
`t37`.`value_7ab10653__any__experiment`,
`t37`.`value_7ab10653__any__1d_to_7d`,
`t37`.`value_7ab10653__sum__7d`,
`t37`.`value_7ab10653__instants__end_7d`,
`t37`.`value_7ab10653__sum__experiment`,
`t37`.`label_4f1767c6__distinct__experiment`,
`t37`.`value_7ab10653__count__experiment`,
`t37`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t37`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t37`.`value_7ab10653__sum__5d`,
`t37`.`value_7ab10653__sum__before_7d`,
`t37`.`is_active_before_exposure__orders`,
`t37`.`weight_2d30ad4f__first__end_0d`,
`t37`.`weight_2d30ad4f__sum__5d`,
`t37`.`is_active_before_exposure`,
`t13`.`experiment_id` AS `experiment_id_right`,
`t13`.`scale__capped__cap`,
`t13`.`scale__score__total`
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
`t35`.`analysis_date`,
`t35`.`analysis_end_at`,
`t35`.`experiment_number`,
`t35`.`read_from`,
`t35`.`is_observable`,
`t35`.`window_end__experiment`,
`t35`.`window_end__7d`,
`t35`.`window_end__5d`,
`t35`.`grid_e20aa156_01`,
`t35`.`grid_e20aa156_02`,
`t35`.`known_until`,
`t35`.`is_active_before_exposure__events`,
`t35`.`value_7ab10653__any__experiment`,
`t35`.`value_7ab10653__any__1d_to_7d`,
`t35`.`value_7ab10653__sum__7d`,
`t35`.`value_7ab10653__instants__end_7d`,
`t35`.`value_7ab10653__sum__experiment`,
`t35`.`label_4f1767c6__distinct__experiment`,
`t35`.`value_7ab10653__count__experiment`,
`t35`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t35`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t35`.`value_7ab10653__sum__5d`,
`t35`.`value_7ab10653__sum__before_7d`,
`t35`.`is_active_before_exposure__orders`,
`t35`.`weight_2d30ad4f__first__end_0d`,
`t35`.`weight_2d30ad4f__sum__5d`,
FALSE
OR COALESCE(`t35`.`is_active_before_exposure__events`, FALSE)
OR COALESCE(`t35`.`is_active_before_exposure__orders`, FALSE) AS `is_active_before_exposure`
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
`t34`.`known_until`,
`t34`.`is_active_before_exposure__events`,
`t34`.`value_7ab10653__any__experiment`,
`t34`.`value_7ab10653__any__1d_to_7d`,
`t34`.`value_7ab10653__sum__7d`,
`t34`.`value_7ab10653__instants__end_7d`,
`t34`.`value_7ab10653__sum__experiment`,
`t34`.`label_4f1767c6__distinct__experiment`,
`t34`.`value_7ab10653__count__experiment`,
`t34`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t34`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t34`.`value_7ab10653__sum__5d`,
`t34`.`value_7ab10653__sum__before_7d`,
`t34`.`is_active_before_exposure__orders`,
`t34`.`weight_2d30ad4f__first__end_0d`,
`t34`.`weight_2d30ad4f__sum__5d`
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
`t31`.`grid_e20aa156_01`,
`t31`.`grid_e20aa156_02`,
`t31`.`known_until`,
`t31`.`is_active_before_exposure__events`,
`t31`.`value_7ab10653__any__experiment`,
`t31`.`value_7ab10653__any__1d_to_7d`,
`t31`.`value_7ab10653__sum__7d`,
`t31`.`value_7ab10653__instants__end_7d`,
`t31`.`value_7ab10653__sum__experiment`,
`t31`.`label_4f1767c6__distinct__experiment`,
`t31`.`value_7ab10653__count__experiment`,
`t31`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t31`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t31`.`value_7ab10653__sum__5d`,
`t31`.`value_7ab10653__sum__before_7d`,
`t33`.`experiment_number` AS `experiment_number_right`,
`t33`.`unit_id` AS `unit_id_right`,
`t33`.`is_active_before_exposure__orders`,
`t33`.`weight_2d30ad4f__first__end_0d`,
`t33`.`weight_2d30ad4f__sum__5d`
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
`t29`.`analysis_date`,
`t29`.`analysis_end_at`,
`t29`.`experiment_number`,
`t29`.`read_from`,
`t29`.`is_observable`,
`t29`.`window_end__experiment`,
`t29`.`window_end__7d`,
`t29`.`window_end__5d`,
`t29`.`grid_e20aa156_01`,
`t29`.`grid_e20aa156_02`,
`t29`.`known_until`,
`t29`.`is_active_before_exposure__events`,
`t29`.`value_7ab10653__any__experiment`,
`t29`.`value_7ab10653__any__1d_to_7d`,
`t29`.`value_7ab10653__sum__7d`,
`t29`.`value_7ab10653__instants__end_7d`,
`t29`.`value_7ab10653__sum__experiment`,
`t29`.`label_4f1767c6__distinct__experiment`,
`t29`.`value_7ab10653__count__experiment`,
`t29`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t29`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t29`.`value_7ab10653__sum__5d`,
`t29`.`value_7ab10653__sum__before_7d`
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
`t20`.`grid_e20aa156_01`,
`t20`.`grid_e20aa156_02`,
`t20`.`known_until`,
`t27`.`experiment_number` AS `experiment_number_right`,
`t27`.`unit_id` AS `unit_id_right`,
`t27`.`is_active_before_exposure__events`,
`t27`.`value_7ab10653__any__experiment`,
`t27`.`value_7ab10653__any__1d_to_7d`,
`t27`.`value_7ab10653__sum__7d`,
`t27`.`value_7ab10653__instants__end_7d`,
`t27`.`value_7ab10653__sum__experiment`,
`t27`.`label_4f1767c6__distinct__experiment`,
`t27`.`value_7ab10653__count__experiment`,
`t27`.`value_7ab10653__grid_e20aa156_01__experiment`,
`t27`.`value_7ab10653__grid_e20aa156_02__experiment`,
`t27`.`value_7ab10653__sum__5d`,
`t27`.`value_7ab10653__sum__before_7d`
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
`t17`.`grid_e20aa156_01`,
`t17`.`grid_e20aa156_02`,
`t17`.`analysis_end_at` AS `known_until`
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
`t16`.`experiment_number`,
`t16`.`read_from`,
`t16`.`is_observable`,
`t16`.`window_end__experiment`,
`t16`.`window_end__7d`,
`t16`.`window_end__5d`,
`t16`.`grid_e20aa156_01`,
`t16`.`grid_e20aa156_02`
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
`t15`.`analysis_date`,
`t15`.`analysis_end_at`,
`t15`.`experiment_number`,
`t15`.`read_from`,
`t15`.`is_observable`,
`t15`.`window_end__experiment`,
`t15`.`window_end__7d`,
`t15`.`window_end__5d`,
`t7`.`experiment_id` AS `experiment_id_right`,
`t7`.`grid_e20aa156_01`,
`t7`.`grid_e20aa156_02`
FROM (
SELECT
`t11`.`experiment_id`,
`t11`.`unit_id`,
`t11`.`unit_id_text`,
`t11`.`variant_id`,
`t11`.`exposed_at`,
`t11`.`first_seen_at`,
`t11`.`stratum`,
`t11`.`segment__platform`,
`t11`.`starts_at`,
`t11`.`ends_at`,
`t11`.`analysis_date`,
`t11`.`analysis_end_at`,
CASE `t11`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t11`.`starts_at`, `t11`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t11`.`first_seen_at` IS NULL
)
OR (
`t11`.`first_seen_at` <= (
`t11`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t11`.`experiment_id` = 'e1'
THEN `t11`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t11`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t11`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
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
`t10`.`starts_at`,
`t10`.`ends_at`,
`t10`.`analysis_date`,
`t10`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t9`
INNER JOIN (
select * from dates
) AS `t10`
ON `t9`.`experiment_id` = `t10`.`experiment_id`
) AS `t11`
WHERE
`t11`.`exposed_at` < `t11`.`analysis_end_at`
) AS `t15`
LEFT OUTER JOIN (
select experiment_id,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 1 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_01`,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 2 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_02`
from grids group by experiment_id
) AS `t7`
ON `t15`.`experiment_id` = `t7`.`experiment_id`
) AS `t16`
) AS `t17`
) AS `t20`
LEFT OUTER JOIN (
SELECT
`t24`.`experiment_number`,
`t24`.`unit_id`,
BOOL_OR(
(
`t24`.`event_at` >= `t24`.`starts_at`
)
AND (
`t24`.`event_at` < `t24`.`exposed_at`
)
) AS `is_active_before_exposure__events`,
MAX(
IF(
(
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < `t24`.`window_end__experiment`
),
CAST(CAST(`t24`.`value_7ab10653` <> 0 AS INT) AS DOUBLE),
NULL
)
) AS `value_7ab10653__any__experiment`,
MAX(
IF(
(
`t24`.`event_at` >= (
`t24`.`exposed_at` + INTERVAL '86400' SECOND
)
)
AND (
`t24`.`event_at` < `t24`.`window_end__7d`
),
CAST(CAST(`t24`.`value_7ab10653` <> 0 AS INT) AS DOUBLE),
NULL
)
) AS `value_7ab10653__any__1d_to_7d`,
SUM(
IF(
(
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < `t24`.`window_end__7d`
),
`t24`.`value_7ab10653`,
NULL
)
) AS `value_7ab10653__sum__7d`,
COLLECT_LIST(
DISTINCT IF(
(
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < (
`t24`.`ends_at` + INTERVAL '604800' SECOND
)
)
AND (
`t24`.`value_7ab10653` <> 0
),
`t24`.`event_at`,
CAST(NULL AS TIMESTAMP)
)
) AS `value_7ab10653__instants__end_7d`,
SUM(
IF(
(
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < `t24`.`window_end__experiment`
),
`t24`.`value_7ab10653`,
NULL
)
) AS `value_7ab10653__sum__experiment`,
COLLECT_LIST(
DISTINCT IF(
(
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < `t24`.`window_end__experiment`
),
`t24`.`label_4f1767c6`,
CAST(NULL AS STRING)
)
) AS `label_4f1767c6__distinct__experiment`,
NULLIF(
CAST(COUNT(
IF(
(
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < `t24`.`window_end__experiment`
),
`t24`.`value_7ab10653`,
NULL
)
) AS DOUBLE),
CAST(0.0 AS DOUBLE)
) AS `value_7ab10653__count__experiment`,
NULLIF(
SUM(
IF(
(
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < `t24`.`window_end__experiment`
)
AND (
`t24`.`value_7ab10653` <= `t24`.`grid_e20aa156_01`
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
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < `t24`.`window_end__experiment`
)
AND (
`t24`.`value_7ab10653` <= `t24`.`grid_e20aa156_02`
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
`t24`.`event_at` >= `t24`.`exposed_at`
)
AND (
`t24`.`event_at` < `t24`.`window_end__5d`
),
`t24`.`value_7ab10653`,
NULL
)
) AS `value_7ab10653__sum__5d`,
SUM(
IF(
(
`t24`.`event_at` < `t24`.`exposed_at`
)
AND (
`t24`.`event_at` >= (
`t24`.`exposed_at` - INTERVAL '604800' SECOND
)
),
`t24`.`value_7ab10653`,
NULL
)
) AS `value_7ab10653__sum__before_7d`
FROM (
SELECT
`t23`.`unit_id_right` AS `unit_id`,
`t23`.`event_at`,
`t23`.`value_7ab10653`,
`t23`.`label_4f1767c6`,
`t23`.`experiment_id`,
`t23`.`unit_id_right`,
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
`t23`.`grid_e20aa156_01`,
`t23`.`grid_e20aa156_02`
FROM (
SELECT
`t8`.`unit_id`,
`t8`.`event_at`,
`t8`.`value_7ab10653`,
`t8`.`label_4f1767c6`,
`t21`.`experiment_id`,
`t21`.`unit_id` AS `unit_id_right`,
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
`t21`.`grid_e20aa156_01`,
`t21`.`grid_e20aa156_02`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((value
) as DOUBLE) as `value_7ab10653`, cast((label
) as STRING) as `label_4f1767c6` from events
) AS `t8`
INNER JOIN (
SELECT
*
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
`t16`.`experiment_number`,
`t16`.`read_from`,
`t16`.`is_observable`,
`t16`.`window_end__experiment`,
`t16`.`window_end__7d`,
`t16`.`window_end__5d`,
`t16`.`grid_e20aa156_01`,
`t16`.`grid_e20aa156_02`
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
`t15`.`analysis_date`,
`t15`.`analysis_end_at`,
`t15`.`experiment_number`,
`t15`.`read_from`,
`t15`.`is_observable`,
`t15`.`window_end__experiment`,
`t15`.`window_end__7d`,
`t15`.`window_end__5d`,
`t7`.`experiment_id` AS `experiment_id_right`,
`t7`.`grid_e20aa156_01`,
`t7`.`grid_e20aa156_02`
FROM (
SELECT
`t11`.`experiment_id`,
`t11`.`unit_id`,
`t11`.`unit_id_text`,
`t11`.`variant_id`,
`t11`.`exposed_at`,
`t11`.`first_seen_at`,
`t11`.`stratum`,
`t11`.`segment__platform`,
`t11`.`starts_at`,
`t11`.`ends_at`,
`t11`.`analysis_date`,
`t11`.`analysis_end_at`,
CASE `t11`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t11`.`starts_at`, `t11`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t11`.`first_seen_at` IS NULL
)
OR (
`t11`.`first_seen_at` <= (
`t11`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t11`.`experiment_id` = 'e1'
THEN `t11`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t11`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t11`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
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
`t10`.`starts_at`,
`t10`.`ends_at`,
`t10`.`analysis_date`,
`t10`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t9`
INNER JOIN (
select * from dates
) AS `t10`
ON `t9`.`experiment_id` = `t10`.`experiment_id`
) AS `t11`
WHERE
`t11`.`exposed_at` < `t11`.`analysis_end_at`
) AS `t15`
LEFT OUTER JOIN (
select experiment_id,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 1 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_01`,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 2 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_02`
from grids group by experiment_id
) AS `t7`
ON `t15`.`experiment_id` = `t7`.`experiment_id`
) AS `t16`
) AS `t17`
WHERE
`t17`.`experiment_id` IN ('e1')
) AS `t21`
ON `t8`.`unit_id` = `t21`.`unit_id`
AND `t8`.`event_at` >= `t21`.`read_from`
AND `t8`.`event_at` < `t21`.`analysis_end_at`
) AS `t23`
) AS `t24`
GROUP BY
1,
2
) AS `t27`
ON `t20`.`experiment_number` = `t27`.`experiment_number`
AND `t20`.`unit_id` = `t27`.`unit_id`
) AS `t29`
) AS `t31`
LEFT OUTER JOIN (
SELECT
`t28`.`experiment_number`,
`t28`.`unit_id`,
BOOL_OR(`t28`.`is_active_before_exposure__orders`) AS `is_active_before_exposure__orders`,
MIN(
IF(
(
`t28`.`phase` & 1
) <> 0,
`t28`.`weight_2d30ad4f__first`,
CAST(NULL AS TIMESTAMP)
)
) AS `weight_2d30ad4f__first__end_0d`,
SUM(
IF((
`t28`.`phase` & 2
) <> 0, `t28`.`weight_2d30ad4f__sum`, CAST(NULL AS DOUBLE))
) AS `weight_2d30ad4f__sum__5d`
FROM (
SELECT
`t25`.`experiment_number`,
`t25`.`unit_id`,
`t25`.`phase`,
BOOL_OR(
(
`t25`.`event_at` >= `t25`.`starts_at`
)
AND (
`t25`.`event_at` < `t25`.`exposed_at`
)
) AS `is_active_before_exposure__orders`,
MIN(IF(`t25`.`weight_2d30ad4f` <> 0, `t25`.`event_at`, CAST(NULL AS TIMESTAMP))) AS `weight_2d30ad4f__first`,
SUM(`t25`.`weight_2d30ad4f`) AS `weight_2d30ad4f__sum`
FROM (
SELECT
`t22`.`unit_id_right` AS `unit_id`,
`t22`.`event_at`,
`t22`.`weight_2d30ad4f`,
`t22`.`experiment_id`,
`t22`.`unit_id_right`,
`t22`.`unit_id_text`,
`t22`.`variant_id`,
`t22`.`exposed_at`,
`t22`.`first_seen_at`,
`t22`.`stratum`,
`t22`.`segment__platform`,
`t22`.`starts_at`,
`t22`.`ends_at`,
`t22`.`analysis_date`,
`t22`.`analysis_end_at`,
`t22`.`experiment_number`,
`t22`.`read_from`,
`t22`.`is_observable`,
`t22`.`window_end__experiment`,
`t22`.`window_end__7d`,
`t22`.`window_end__5d`,
`t22`.`grid_e20aa156_01`,
`t22`.`grid_e20aa156_02`,
CAST(0 + IF(
(
`t22`.`event_at` >= `t22`.`exposed_at`
)
AND (
`t22`.`event_at` < (
`t22`.`ends_at` + INTERVAL '0' SECOND
)
),
1,
0
) + IF(
(
`t22`.`event_at` >= `t22`.`exposed_at`
)
AND (
`t22`.`event_at` < `t22`.`window_end__5d`
),
2,
0
) AS BIGINT) AS `phase`
FROM (
SELECT
`t6`.`unit_id`,
`t6`.`event_at`,
`t6`.`weight_2d30ad4f`,
`t21`.`experiment_id`,
`t21`.`unit_id` AS `unit_id_right`,
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
`t21`.`grid_e20aa156_01`,
`t21`.`grid_e20aa156_02`
FROM (
select (user_id) as unit_id, (event_at) as event_at, cast((weight
) as DOUBLE) as `weight_2d30ad4f` from orders
) AS `t6`
INNER JOIN (
SELECT
*
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
`t16`.`experiment_number`,
`t16`.`read_from`,
`t16`.`is_observable`,
`t16`.`window_end__experiment`,
`t16`.`window_end__7d`,
`t16`.`window_end__5d`,
`t16`.`grid_e20aa156_01`,
`t16`.`grid_e20aa156_02`
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
`t15`.`analysis_date`,
`t15`.`analysis_end_at`,
`t15`.`experiment_number`,
`t15`.`read_from`,
`t15`.`is_observable`,
`t15`.`window_end__experiment`,
`t15`.`window_end__7d`,
`t15`.`window_end__5d`,
`t7`.`experiment_id` AS `experiment_id_right`,
`t7`.`grid_e20aa156_01`,
`t7`.`grid_e20aa156_02`
FROM (
SELECT
`t11`.`experiment_id`,
`t11`.`unit_id`,
`t11`.`unit_id_text`,
`t11`.`variant_id`,
`t11`.`exposed_at`,
`t11`.`first_seen_at`,
`t11`.`stratum`,
`t11`.`segment__platform`,
`t11`.`starts_at`,
`t11`.`ends_at`,
`t11`.`analysis_date`,
`t11`.`analysis_end_at`,
CASE `t11`.`experiment_id` WHEN 'e1' THEN 0 ELSE -1 END AS `experiment_number`,
LEAST(`t11`.`starts_at`, `t11`.`exposed_at` - INTERVAL '604800' SECOND) AS `read_from`,
(
`t11`.`first_seen_at` IS NULL
)
OR (
`t11`.`first_seen_at` <= (
`t11`.`exposed_at` - INTERVAL '86400' SECOND
)
) AS `is_observable`,
CASE
WHEN `t11`.`experiment_id` = 'e1'
THEN `t11`.`ends_at`
ELSE CAST(NULL AS TIMESTAMP)
END AS `window_end__experiment`,
`t11`.`exposed_at` + INTERVAL '604800' SECOND AS `window_end__7d`,
`t11`.`exposed_at` + INTERVAL '432000' SECOND AS `window_end__5d`
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
`t10`.`starts_at`,
`t10`.`ends_at`,
`t10`.`analysis_date`,
`t10`.`analysis_end_at`
FROM (
select *, cast(unit_id as STRING) as unit_id_text from exposures
) AS `t9`
INNER JOIN (
select * from dates
) AS `t10`
ON `t9`.`experiment_id` = `t10`.`experiment_id`
) AS `t11`
WHERE
`t11`.`exposed_at` < `t11`.`analysis_end_at`
) AS `t15`
LEFT OUTER JOIN (
select experiment_id,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 1 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_01`,
max(case when definition_hash = 'e20aa15602e44d4d' and point = 2 then case when not is_below then value when value = 0 then -1e-300 else value - abs(value) * 1.2e-16 end end) as `grid_e20aa156_02`
from grids group by experiment_id
) AS `t7`
ON `t15`.`experiment_id` = `t7`.`experiment_id`
) AS `t16`
) AS `t17`
WHERE
`t17`.`experiment_id` IN ('e1')
) AS `t21`
ON `t6`.`unit_id` = `t21`.`unit_id`
AND `t6`.`event_at` >= `t21`.`read_from`
AND `t6`.`event_at` < `t21`.`analysis_end_at`
) AS `t22`
) AS `t25`
GROUP BY
1,
2,
3
) AS `t28`
GROUP BY
1,
2
) AS `t33`
ON `t31`.`experiment_number` = `t33`.`experiment_number`
AND `t31`.`unit_id` = `t33`.`unit_id`
) AS `t34`
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
) AS `t13`
ON `t37`.`experiment_id` = `t13`.`experiment_id`
) AS `t38`
) AS `t39`
