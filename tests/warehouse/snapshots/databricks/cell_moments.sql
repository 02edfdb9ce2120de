with wanted_dates as (
select * from wanted
),
measured_units as (
select * from units
)
select * from (
WITH `t10` AS (
SELECT
`t9`.`experiment_id`,
`t9`.`unit_id`,
`t9`.`variant_id`,
`t9`.`exposed_at`,
`t9`.`analysis_date`,
`t9`.`stratum`,
`t9`.`segment__platform`,
`t9`.`is_active_before_exposure`,
`t9`.`is_observable`,
`t9`.`any_event__y`,
`t9`.`came_back__y`,
`t9`.`capped__y`,
`t9`.`conversion__y`,
`t9`.`conversion__d`,
`t9`.`gini__y`,
`t9`.`labels__y`,
`t9`.`p95__d`,
`t9`.`p95__c_01`,
`t9`.`p95__c_02`,
`t9`.`rate__y`,
`t9`.`rate__d`,
`t9`.`score__y`,
`t9`.`total__y`,
IF(
ISNOTNULL(`t9`.`total__y`),
COALESCE(
`t9`.`total__x_y` - COALESCE(`t9`.`centre__total__x_y`, CAST(0.0 AS DOUBLE)),
CAST(0.0 AS DOUBLE)
),
CAST(NULL AS DOUBLE)
) AS `total__x_y`,
`t9`.`capped__winsorised__y`,
`t9`.`centre__total__x_y`,
CAST(1.0 AS DOUBLE) AS `unit`,
IF(
ISNOTNULL(`t9`.`capped__winsorised__y`),
IF(
`t9`.`capped__y` > `t9`.`capped__winsorised__y`,
CAST(1.0 AS DOUBLE),
CAST(0.0 AS DOUBLE)
),
CAST(NULL AS DOUBLE)
) AS `capped__winsorised__is_capped`,
IF(
ISNOTNULL(`t9`.`total__y`),
IF(ISNULL(`t9`.`total__x_y`), CAST(1.0 AS DOUBLE), CAST(0.0 AS DOUBLE)),
CAST(NULL AS DOUBLE)
) AS `total__missing`
FROM (
SELECT
`t8`.`experiment_id`,
`t8`.`unit_id`,
`t8`.`variant_id`,
`t8`.`exposed_at`,
`t8`.`analysis_date`,
`t8`.`stratum`,
`t8`.`segment__platform`,
`t8`.`is_active_before_exposure`,
`t8`.`is_observable`,
`t8`.`any_event__y`,
`t8`.`came_back__y`,
`t8`.`capped__y`,
`t8`.`conversion__y`,
`t8`.`conversion__d`,
`t8`.`gini__y`,
`t8`.`labels__y`,
`t8`.`p95__d`,
`t8`.`p95__c_01`,
`t8`.`p95__c_02`,
`t8`.`rate__y`,
`t8`.`rate__d`,
`t8`.`score__y`,
`t8`.`total__y`,
`t8`.`total__x_y`,
`t8`.`capped__winsorised__y`,
`t8`.`centre__total__x_y`
FROM (
SELECT
`t5`.`experiment_id`,
`t5`.`unit_id`,
`t5`.`variant_id`,
`t5`.`exposed_at`,
`t5`.`analysis_date`,
`t5`.`stratum`,
`t5`.`segment__platform`,
`t5`.`is_active_before_exposure`,
`t5`.`is_observable`,
`t5`.`any_event__y`,
`t5`.`came_back__y`,
`t5`.`capped__y`,
`t5`.`conversion__y`,
`t5`.`conversion__d`,
`t5`.`gini__y`,
`t5`.`labels__y`,
`t5`.`p95__d`,
`t5`.`p95__c_01`,
`t5`.`p95__c_02`,
`t5`.`rate__y`,
`t5`.`rate__d`,
`t5`.`score__y`,
`t5`.`total__y`,
`t5`.`total__x_y`,
`t5`.`capped__winsorised__y`,
`t7`.`experiment_id` AS `experiment_id_right`,
`t7`.`analysis_date` AS `analysis_date_right`,
`t7`.`centre__total__x_y`
FROM (
select * from measured_units
) AS `t5`
LEFT OUTER JOIN (
SELECT
`t2`.`experiment_id`,
`t2`.`analysis_date`,
AVG(`t2`.`total__x_y`) AS `centre__total__x_y`
FROM (
select * from measured_units
) AS `t2`
GROUP BY
1,
2
) AS `t7`
ON `t5`.`experiment_id` = `t7`.`experiment_id`
AND `t5`.`analysis_date` = `t7`.`analysis_date`
) AS `t8`
) AS `t9`
)
SELECT
*
FROM (
SELECT
`t17`.`experiment_id`,
`t17`.`variant_id`,
`t17`.`segment_name`,
`t17`.`segment_value`,
`t17`.`stratum`,
`t17`.`analysis_date`,
`t3`.`inputs_hash`,
`t4`.`metric_name`,
`t4`.`definition_hash`,
`t4`.`is_winsorised`,
`t4`.`column_a`,
`t4`.`column_b`,
CASE `t4`.`column_a_index`
WHEN 0
THEN `t17`.`n_0`
WHEN 1
THEN `t17`.`n_1`
WHEN 2
THEN `t17`.`n_2`
WHEN 3
THEN `t17`.`n_3`
WHEN 4
THEN `t17`.`n_4`
WHEN 5
THEN `t17`.`n_4`
WHEN 6
THEN `t17`.`n_5`
WHEN 7
THEN `t17`.`n_5`
WHEN 8
THEN `t17`.`n_6`
WHEN 9
THEN `t17`.`n_7`
WHEN 10
THEN `t17`.`n_8`
WHEN 11
THEN `t17`.`n_8`
WHEN 12
THEN `t17`.`n_8`
WHEN 13
THEN `t17`.`n_9`
WHEN 14
THEN `t17`.`n_9`
WHEN 15
THEN `t17`.`n_10`
WHEN 16
THEN `t17`.`n_11`
WHEN 17
THEN `t17`.`n_11`
WHEN 18
THEN `t17`.`n_11`
ELSE NULL
END AS `n`,
CASE `t4`.`column_a_index`
WHEN 0
THEN `t17`.`mean_0`
WHEN 1
THEN `t17`.`mean_1`
WHEN 2
THEN `t17`.`mean_2`
WHEN 3
THEN `t17`.`mean_3`
WHEN 4
THEN `t17`.`mean_4`
WHEN 5
THEN `t17`.`mean_5`
WHEN 6
THEN `t17`.`mean_6`
WHEN 7
THEN `t17`.`mean_7`
WHEN 8
THEN `t17`.`mean_8`
WHEN 9
THEN `t17`.`mean_9`
WHEN 10
THEN `t17`.`mean_10`
WHEN 11
THEN `t17`.`mean_11`
WHEN 12
THEN `t17`.`mean_12`
WHEN 13
THEN `t17`.`mean_13`
WHEN 14
THEN `t17`.`mean_14`
WHEN 15
THEN `t17`.`mean_15`
WHEN 16
THEN `t17`.`mean_16`
WHEN 17
THEN `t17`.`mean_17`
WHEN 18
THEN `t17`.`mean_18`
ELSE NULL
END AS `mean_a`,
CASE `t4`.`column_b_index`
WHEN 0
THEN `t17`.`mean_0`
WHEN 1
THEN `t17`.`mean_1`
WHEN 2
THEN `t17`.`mean_2`
WHEN 3
THEN `t17`.`mean_3`
WHEN 4
THEN `t17`.`mean_4`
WHEN 5
THEN `t17`.`mean_5`
WHEN 6
THEN `t17`.`mean_6`
WHEN 7
THEN `t17`.`mean_7`
WHEN 8
THEN `t17`.`mean_8`
WHEN 9
THEN `t17`.`mean_9`
WHEN 10
THEN `t17`.`mean_10`
WHEN 11
THEN `t17`.`mean_11`
WHEN 12
THEN `t17`.`mean_12`
WHEN 13
THEN `t17`.`mean_13`
WHEN 14
THEN `t17`.`mean_14`
WHEN 15
THEN `t17`.`mean_15`
WHEN 16
THEN `t17`.`mean_16`
WHEN 17
THEN `t17`.`mean_17`
WHEN 18
THEN `t17`.`mean_18`
ELSE NULL
END AS `mean_b`,
CASE `t4`.`pair_index`
WHEN 0
THEN `t17`.`cov_0`
WHEN 1
THEN `t17`.`cov_1`
WHEN 2
THEN `t17`.`cov_2`
WHEN 3
THEN `t17`.`cov_3`
WHEN 4
THEN `t17`.`cov_4`
WHEN 5
THEN `t17`.`cov_5`
WHEN 6
THEN `t17`.`cov_6`
WHEN 7
THEN `t17`.`cov_7`
WHEN 8
THEN `t17`.`cov_8`
WHEN 9
THEN `t17`.`cov_9`
WHEN 10
THEN `t17`.`cov_10`
WHEN 11
THEN `t17`.`cov_11`
WHEN 12
THEN `t17`.`cov_12`
WHEN 13
THEN `t17`.`cov_13`
WHEN 14
THEN `t17`.`cov_14`
WHEN 15
THEN `t17`.`cov_15`
WHEN 16
THEN `t17`.`cov_16`
WHEN 17
THEN `t17`.`cov_17`
WHEN 18
THEN `t17`.`cov_18`
WHEN 19
THEN `t17`.`cov_19`
WHEN 20
THEN `t17`.`cov_20`
WHEN 21
THEN `t17`.`cov_21`
WHEN 22
THEN `t17`.`cov_22`
WHEN 23
THEN `t17`.`cov_23`
WHEN 24
THEN `t17`.`cov_24`
WHEN 25
THEN `t17`.`cov_25`
WHEN 26
THEN `t17`.`cov_26`
ELSE NULL
END AS `cov_ab`
FROM (
SELECT
*
FROM (
SELECT
`t12`.`experiment_id`,
`t12`.`variant_id`,
`t12`.`segment_name`,
`t12`.`segment_value`,
`t12`.`stratum`,
`t12`.`analysis_date`,
COUNT(`t12`.`unit`) AS `n_0`,
COUNT(`t12`.`any_event__y`) AS `n_1`,
COUNT(`t12`.`came_back__y`) AS `n_2`,
COUNT(`t12`.`capped__y`) AS `n_3`,
COUNT(`t12`.`capped__winsorised__y`) AS `n_4`,
COUNT(`t12`.`conversion__y`) AS `n_5`,
COUNT(`t12`.`gini__y`) AS `n_6`,
COUNT(`t12`.`labels__y`) AS `n_7`,
COUNT(`t12`.`p95__d`) AS `n_8`,
COUNT(`t12`.`rate__y`) AS `n_9`,
COUNT(`t12`.`score__y`) AS `n_10`,
COUNT(`t12`.`total__y`) AS `n_11`,
CAST(1.0 AS DOUBLE) AS `mean_0`,
AVG(`t12`.`any_event__y`) AS `mean_1`,
AVG(`t12`.`came_back__y`) AS `mean_2`,
AVG(`t12`.`capped__y`) AS `mean_3`,
AVG(`t12`.`capped__winsorised__y`) AS `mean_4`,
AVG(`t12`.`capped__winsorised__is_capped`) AS `mean_5`,
AVG(`t12`.`conversion__y`) AS `mean_6`,
AVG(`t12`.`conversion__d`) AS `mean_7`,
AVG(`t12`.`gini__y`) AS `mean_8`,
AVG(`t12`.`labels__y`) AS `mean_9`,
AVG(`t12`.`p95__d`) AS `mean_10`,
AVG(`t12`.`p95__c_01`) AS `mean_11`,
AVG(`t12`.`p95__c_02`) AS `mean_12`,
AVG(`t12`.`rate__y`) AS `mean_13`,
AVG(`t12`.`rate__d`) AS `mean_14`,
AVG(`t12`.`score__y`) AS `mean_15`,
AVG(`t12`.`total__y`) AS `mean_16`,
AVG(`t12`.`total__x_y`) AS `mean_17`,
AVG(`t12`.`total__missing`) AS `mean_18`,
IF(COUNT(`t12`.`unit`) > 1, CAST(0.0 AS DOUBLE), CAST(NULL AS DOUBLE)) AS `cov_0`,
VARIANCE(`t12`.`any_event__y`) AS `cov_1`,
VARIANCE(`t12`.`came_back__y`) AS `cov_2`,
VARIANCE(`t12`.`capped__y`) AS `cov_3`,
VARIANCE(`t12`.`capped__winsorised__y`) AS `cov_4`,
COVAR_SAMP(`t12`.`capped__winsorised__y`, `t12`.`capped__winsorised__is_capped`) AS `cov_5`,
VARIANCE(`t12`.`capped__winsorised__is_capped`) AS `cov_6`,
VARIANCE(`t12`.`conversion__y`) AS `cov_7`,
COVAR_SAMP(`t12`.`conversion__y`, `t12`.`conversion__d`) AS `cov_8`,
VARIANCE(`t12`.`conversion__d`) AS `cov_9`,
VARIANCE(`t12`.`gini__y`) AS `cov_10`,
VARIANCE(`t12`.`labels__y`) AS `cov_11`,
VARIANCE(`t12`.`p95__d`) AS `cov_12`,
VARIANCE(`t12`.`p95__c_01`) AS `cov_13`,
COVAR_SAMP(`t12`.`p95__c_01`, `t12`.`p95__d`) AS `cov_14`,
VARIANCE(`t12`.`p95__c_02`) AS `cov_15`,
COVAR_SAMP(`t12`.`p95__c_02`, `t12`.`p95__d`) AS `cov_16`,
VARIANCE(`t12`.`rate__y`) AS `cov_17`,
COVAR_SAMP(`t12`.`rate__y`, `t12`.`rate__d`) AS `cov_18`,
VARIANCE(`t12`.`rate__d`) AS `cov_19`,
VARIANCE(`t12`.`score__y`) AS `cov_20`,
VARIANCE(`t12`.`total__y`) AS `cov_21`,
COVAR_SAMP(`t12`.`total__y`, `t12`.`total__x_y`) AS `cov_22`,
COVAR_SAMP(`t12`.`total__y`, `t12`.`total__missing`) AS `cov_23`,
VARIANCE(`t12`.`total__x_y`) AS `cov_24`,
COVAR_SAMP(`t12`.`total__x_y`, `t12`.`total__missing`) AS `cov_25`,
VARIANCE(`t12`.`total__missing`) AS `cov_26`
FROM (
SELECT
`t11`.`experiment_id`,
`t11`.`unit_id`,
`t11`.`variant_id`,
`t11`.`exposed_at`,
`t11`.`analysis_date`,
`t11`.`stratum`,
`t11`.`segment__platform`,
`t11`.`is_active_before_exposure`,
`t11`.`is_observable`,
`t11`.`any_event__y`,
`t11`.`came_back__y`,
`t11`.`capped__y`,
`t11`.`conversion__y`,
`t11`.`conversion__d`,
`t11`.`gini__y`,
`t11`.`labels__y`,
`t11`.`p95__d`,
`t11`.`p95__c_01`,
`t11`.`p95__c_02`,
`t11`.`rate__y`,
`t11`.`rate__d`,
`t11`.`score__y`,
`t11`.`total__y`,
`t11`.`total__x_y`,
`t11`.`capped__winsorised__y`,
`t11`.`centre__total__x_y`,
`t11`.`unit`,
`t11`.`capped__winsorised__is_capped`,
`t11`.`total__missing`,
'all' AS `segment_name`,
'all' AS `segment_value`
FROM `t10` AS `t11`
) AS `t12`
GROUP BY
1,
2,
3,
4,
5,
6
) AS `t14`
UNION ALL
SELECT
*
FROM (
SELECT
`t13`.`experiment_id`,
`t13`.`variant_id`,
`t13`.`segment_name`,
`t13`.`segment_value`,
`t13`.`stratum`,
`t13`.`analysis_date`,
COUNT(`t13`.`unit`) AS `n_0`,
COUNT(`t13`.`any_event__y`) AS `n_1`,
COUNT(`t13`.`came_back__y`) AS `n_2`,
COUNT(`t13`.`capped__y`) AS `n_3`,
COUNT(`t13`.`capped__winsorised__y`) AS `n_4`,
COUNT(`t13`.`conversion__y`) AS `n_5`,
COUNT(`t13`.`gini__y`) AS `n_6`,
COUNT(`t13`.`labels__y`) AS `n_7`,
COUNT(`t13`.`p95__d`) AS `n_8`,
COUNT(`t13`.`rate__y`) AS `n_9`,
COUNT(`t13`.`score__y`) AS `n_10`,
COUNT(`t13`.`total__y`) AS `n_11`,
CAST(1.0 AS DOUBLE) AS `mean_0`,
AVG(`t13`.`any_event__y`) AS `mean_1`,
AVG(`t13`.`came_back__y`) AS `mean_2`,
AVG(`t13`.`capped__y`) AS `mean_3`,
AVG(`t13`.`capped__winsorised__y`) AS `mean_4`,
AVG(`t13`.`capped__winsorised__is_capped`) AS `mean_5`,
AVG(`t13`.`conversion__y`) AS `mean_6`,
AVG(`t13`.`conversion__d`) AS `mean_7`,
AVG(`t13`.`gini__y`) AS `mean_8`,
AVG(`t13`.`labels__y`) AS `mean_9`,
AVG(`t13`.`p95__d`) AS `mean_10`,
AVG(`t13`.`p95__c_01`) AS `mean_11`,
AVG(`t13`.`p95__c_02`) AS `mean_12`,
AVG(`t13`.`rate__y`) AS `mean_13`,
AVG(`t13`.`rate__d`) AS `mean_14`,
AVG(`t13`.`score__y`) AS `mean_15`,
AVG(`t13`.`total__y`) AS `mean_16`,
AVG(`t13`.`total__x_y`) AS `mean_17`,
AVG(`t13`.`total__missing`) AS `mean_18`,
IF(COUNT(`t13`.`unit`) > 1, CAST(0.0 AS DOUBLE), CAST(NULL AS DOUBLE)) AS `cov_0`,
VARIANCE(`t13`.`any_event__y`) AS `cov_1`,
VARIANCE(`t13`.`came_back__y`) AS `cov_2`,
VARIANCE(`t13`.`capped__y`) AS `cov_3`,
VARIANCE(`t13`.`capped__winsorised__y`) AS `cov_4`,
COVAR_SAMP(`t13`.`capped__winsorised__y`, `t13`.`capped__winsorised__is_capped`) AS `cov_5`,
VARIANCE(`t13`.`capped__winsorised__is_capped`) AS `cov_6`,
VARIANCE(`t13`.`conversion__y`) AS `cov_7`,
COVAR_SAMP(`t13`.`conversion__y`, `t13`.`conversion__d`) AS `cov_8`,
VARIANCE(`t13`.`conversion__d`) AS `cov_9`,
VARIANCE(`t13`.`gini__y`) AS `cov_10`,
VARIANCE(`t13`.`labels__y`) AS `cov_11`,
VARIANCE(`t13`.`p95__d`) AS `cov_12`,
VARIANCE(`t13`.`p95__c_01`) AS `cov_13`,
COVAR_SAMP(`t13`.`p95__c_01`, `t13`.`p95__d`) AS `cov_14`,
VARIANCE(`t13`.`p95__c_02`) AS `cov_15`,
COVAR_SAMP(`t13`.`p95__c_02`, `t13`.`p95__d`) AS `cov_16`,
VARIANCE(`t13`.`rate__y`) AS `cov_17`,
COVAR_SAMP(`t13`.`rate__y`, `t13`.`rate__d`) AS `cov_18`,
VARIANCE(`t13`.`rate__d`) AS `cov_19`,
VARIANCE(`t13`.`score__y`) AS `cov_20`,
VARIANCE(`t13`.`total__y`) AS `cov_21`,
COVAR_SAMP(`t13`.`total__y`, `t13`.`total__x_y`) AS `cov_22`,
COVAR_SAMP(`t13`.`total__y`, `t13`.`total__missing`) AS `cov_23`,
VARIANCE(`t13`.`total__x_y`) AS `cov_24`,
COVAR_SAMP(`t13`.`total__x_y`, `t13`.`total__missing`) AS `cov_25`,
VARIANCE(`t13`.`total__missing`) AS `cov_26`
FROM (
SELECT
`t11`.`experiment_id`,
`t11`.`unit_id`,
`t11`.`variant_id`,
`t11`.`exposed_at`,
`t11`.`analysis_date`,
`t11`.`stratum`,
`t11`.`segment__platform`,
`t11`.`is_active_before_exposure`,
`t11`.`is_observable`,
`t11`.`any_event__y`,
`t11`.`came_back__y`,
`t11`.`capped__y`,
`t11`.`conversion__y`,
`t11`.`conversion__d`,
`t11`.`gini__y`,
`t11`.`labels__y`,
`t11`.`p95__d`,
`t11`.`p95__c_01`,
`t11`.`p95__c_02`,
`t11`.`rate__y`,
`t11`.`rate__d`,
`t11`.`score__y`,
`t11`.`total__y`,
`t11`.`total__x_y`,
`t11`.`capped__winsorised__y`,
`t11`.`centre__total__x_y`,
`t11`.`unit`,
`t11`.`capped__winsorised__is_capped`,
`t11`.`total__missing`,
'platform' AS `segment_name`,
COALESCE(`t11`.`segment__platform`, '(missing)') AS `segment_value`
FROM `t10` AS `t11`
WHERE
`t11`.`experiment_id` IN ('e1')
) AS `t13`
GROUP BY
1,
2,
3,
4,
5,
6
) AS `t15`
) AS `t17`
INNER JOIN (
select * from wanted_dates
) AS `t3`
ON `t17`.`experiment_id` = `t3`.`experiment_id`
AND `t17`.`analysis_date` = `t3`.`analysis_date`
INNER JOIN (
SELECT
CAST(`pair_index` AS BIGINT) AS `pair_index`,
CAST(`column_a_index` AS BIGINT) AS `column_a_index`,
CAST(`column_b_index` AS BIGINT) AS `column_b_index`,
CAST(`experiment_id` AS STRING) AS `experiment_id`,
CAST(`metric_name` AS STRING) AS `metric_name`,
CAST(`definition_hash` AS STRING) AS `definition_hash`,
CAST(`column_a` AS STRING) AS `column_a`,
CAST(`column_b` AS STRING) AS `column_b`,
CAST(`is_winsorised` AS BOOLEAN) AS `is_winsorised`
FROM VALUES
(0, 0, 0, 'e1', 'units', 'units', 'unit', 'unit', FALSE),
(1, 1, 1, 'e1', 'any_event', '562473ad5d1753b7', 'y', 'y', FALSE),
(2, 2, 2, 'e1', 'came_back', 'cbee7b7e20428302', 'y', 'y', FALSE),
(3, 3, 3, 'e1', 'capped', '96144c3b6747652e', 'y', 'y', FALSE),
(4, 4, 4, 'e1', 'capped', '96144c3b6747652e', 'y', 'y', TRUE),
(5, 4, 5, 'e1', 'capped', '96144c3b6747652e', 'y', 'is_capped', TRUE),
(6, 5, 5, 'e1', 'capped', '96144c3b6747652e', 'is_capped', 'is_capped', TRUE),
(7, 6, 6, 'e1', 'conversion', '8fcbb23be5e5f896', 'y', 'y', FALSE),
(8, 6, 7, 'e1', 'conversion', '8fcbb23be5e5f896', 'y', 'd', FALSE),
(9, 7, 7, 'e1', 'conversion', '8fcbb23be5e5f896', 'd', 'd', FALSE),
(10, 8, 8, 'e1', 'gini', 'e909197efbc271fd', 'y', 'y', FALSE),
(11, 9, 9, 'e1', 'labels', 'ca7b5f801e3c607e', 'y', 'y', FALSE),
(12, 10, 10, 'e1', 'p95', 'e20aa15602e44d4d', 'd', 'd', FALSE),
(13, 11, 11, 'e1', 'p95', 'e20aa15602e44d4d', 'c_01', 'c_01', FALSE),
(14, 11, 10, 'e1', 'p95', 'e20aa15602e44d4d', 'c_01', 'd', FALSE),
(15, 12, 12, 'e1', 'p95', 'e20aa15602e44d4d', 'c_02', 'c_02', FALSE),
(16, 12, 10, 'e1', 'p95', 'e20aa15602e44d4d', 'c_02', 'd', FALSE),
(17, 13, 13, 'e1', 'rate', 'da6fb42c4f85262c', 'y', 'y', FALSE),
(18, 13, 14, 'e1', 'rate', 'da6fb42c4f85262c', 'y', 'd', FALSE),
(19, 14, 14, 'e1', 'rate', 'da6fb42c4f85262c', 'd', 'd', FALSE),
(20, 15, 15, 'e1', 'score', 'd1dbb147a9fbf648', 'y', 'y', FALSE),
(21, 16, 16, 'e1', 'total', '928c71c53f186c90', 'y', 'y', FALSE),
(22, 16, 17, 'e1', 'total', '928c71c53f186c90', 'y', 'x_y', FALSE),
(23, 16, 18, 'e1', 'total', '928c71c53f186c90', 'y', 'missing', FALSE),
(24, 17, 17, 'e1', 'total', '928c71c53f186c90', 'x_y', 'x_y', FALSE),
(25, 17, 18, 'e1', 'total', '928c71c53f186c90', 'x_y', 'missing', FALSE),
(26, 18, 18, 'e1', 'total', '928c71c53f186c90', 'missing', 'missing', FALSE) AS declared(`pair_index`, `column_a_index`, `column_b_index`, `experiment_id`, `metric_name`, `definition_hash`, `column_a`, `column_b`, `is_winsorised`)
) AS `t4`
ON `t17`.`experiment_id` = `t4`.`experiment_id`
) AS `t18`
WHERE
`t18`.`n` > 0
) as moments
