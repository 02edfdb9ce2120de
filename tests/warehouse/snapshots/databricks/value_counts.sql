SELECT
*
FROM (
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
*
FROM (
SELECT
'any_event' AS `metric_name`,
COUNT(IF(`t0`.`any_event__y` <> 0, 1, CAST(NULL AS TINYINT))) AS `n_with_values`,
CAST(NULL AS BIGINT) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`any_event__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t6`
UNION ALL
SELECT
*
FROM (
SELECT
'came_back' AS `metric_name`,
COUNT(IF(`t0`.`came_back__y` <> 0, 1, CAST(NULL AS TINYINT))) AS `n_with_values`,
CAST(NULL AS BIGINT) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`came_back__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t7`
) AS `t11`
UNION ALL
SELECT
*
FROM (
SELECT
'capped' AS `metric_name`,
COUNT(IF(`t0`.`capped__y` <> 0, 1, CAST(NULL AS TINYINT))) AS `n_with_values`,
CAST(NULL AS BIGINT) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`capped__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t5`
) AS `t12`
UNION ALL
SELECT
*
FROM (
SELECT
'conversion' AS `metric_name`,
COUNT(
IF(
(
`t0`.`conversion__y` <> 0
) OR (
`t0`.`conversion__d` <> 0
),
1,
CAST(NULL AS TINYINT)
)
) AS `n_with_values`,
COUNT(IF(`t0`.`conversion__d` > 0, 1, CAST(NULL AS TINYINT))) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`conversion__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE)
OR COALESCE(NOT (
ABS(`t0`.`conversion__d`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t10`
) AS `t13`
UNION ALL
SELECT
*
FROM (
SELECT
'gini' AS `metric_name`,
COUNT(IF(`t0`.`gini__y` <> 0, 1, CAST(NULL AS TINYINT))) AS `n_with_values`,
CAST(NULL AS BIGINT) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`gini__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t4`
) AS `t14`
UNION ALL
SELECT
*
FROM (
SELECT
'labels' AS `metric_name`,
COUNT(IF(`t0`.`labels__y` <> 0, 1, CAST(NULL AS TINYINT))) AS `n_with_values`,
CAST(NULL AS BIGINT) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`labels__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t3`
) AS `t15`
UNION ALL
SELECT
*
FROM (
SELECT
'p95' AS `metric_name`,
COUNT(IF(`t0`.`p95__d` <> 0, 1, CAST(NULL AS TINYINT))) AS `n_with_values`,
CAST(NULL AS BIGINT) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`p95__d`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t2`
) AS `t16`
UNION ALL
SELECT
*
FROM (
SELECT
'rate' AS `metric_name`,
COUNT(
IF((
`t0`.`rate__y` <> 0
) OR (
`t0`.`rate__d` <> 0
), 1, CAST(NULL AS TINYINT))
) AS `n_with_values`,
COUNT(IF(`t0`.`rate__d` > 0, 1, CAST(NULL AS TINYINT))) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`rate__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE)
OR COALESCE(NOT (
ABS(`t0`.`rate__d`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t8`
) AS `t17`
UNION ALL
SELECT
*
FROM (
SELECT
'score' AS `metric_name`,
COUNT(IF(`t0`.`score__y` <> 0, 1, CAST(NULL AS TINYINT))) AS `n_with_values`,
CAST(NULL AS BIGINT) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`score__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t1`
) AS `t18`
UNION ALL
SELECT
*
FROM (
SELECT
'total' AS `metric_name`,
COUNT(IF(`t0`.`total__y` <> 0, 1, CAST(NULL AS TINYINT))) AS `n_with_values`,
CAST(NULL AS BIGINT) AS `n_positive_denominators`,
COUNT(
IF(
COALESCE(NOT (
ABS(`t0`.`total__y`) <= CAST(1e+150 AS DOUBLE)
), FALSE)
OR COALESCE(NOT (
ABS(`t0`.`total__x_y`) <= CAST(1e+150 AS DOUBLE)
), FALSE),
1,
CAST(NULL AS TINYINT)
)
) AS `n_unusable`
FROM (
select * from units
) AS `t0`
) AS `t9`
