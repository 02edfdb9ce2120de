SELECT
*
FROM (
SELECT
`t9`.`experiment_id`,
`t9`.`variant_id`,
`t9`.`segment_name`,
`t9`.`segment_value`,
`t9`.`stratum`,
`t9`.`analysis_date`,
`t2`.`metric_name`,
`t2`.`definition_hash`,
`t2`.`is_winsorised`,
`t2`.`column_a`,
`t2`.`column_b`,
CASE `t2`.`column_a_index` WHEN 0 THEN `t9`.`n_0` WHEN 1 THEN `t9`.`n_0` ELSE NULL END AS `n`,
CASE `t2`.`column_a_index`
WHEN 0
THEN `t9`.`mean_0`
WHEN 1
THEN `t9`.`mean_1`
ELSE NULL
END AS `mean_a`,
CASE `t2`.`column_b_index`
WHEN 0
THEN `t9`.`mean_0`
WHEN 1
THEN `t9`.`mean_1`
ELSE NULL
END AS `mean_b`,
CASE `t2`.`pair_index`
WHEN 0
THEN `t9`.`cov_0`
WHEN 1
THEN `t9`.`cov_1`
WHEN 2
THEN `t9`.`cov_2`
ELSE NULL
END AS `cov_ab`
FROM (
SELECT
`t7`.`experiment_id`,
`t7`.`variant_id`,
`t7`.`segment_name`,
`t7`.`segment_value`,
`t7`.`stratum`,
`t7`.`analysis_date`,
COUNT(`t7`.`unit`) AS `n_0`,
AVG(`t7`.`total__x_y`) AS `mean_0`,
AVG(`t7`.`unit_is_missing`) AS `mean_1`,
VARIANCE(`t7`.`total__x_y`) AS `cov_0`,
COVAR_SAMP(`t7`.`total__x_y`, `t7`.`unit_is_missing`) AS `cov_1`,
VARIANCE(`t7`.`unit_is_missing`) AS `cov_2`
FROM (
SELECT
`t6`.`experiment_id`,
`t6`.`unit_id`,
`t6`.`variant_id`,
`t6`.`exposed_at`,
`t6`.`analysis_date`,
`t6`.`stratum`,
`t6`.`segment__platform`,
`t6`.`is_active_before_exposure`,
`t6`.`is_observable`,
`t6`.`any_event__y`,
`t6`.`came_back__y`,
`t6`.`capped__y`,
`t6`.`conversion__y`,
`t6`.`conversion__d`,
`t6`.`gini__y`,
`t6`.`labels__y`,
`t6`.`p95__d`,
`t6`.`p95__c_01`,
`t6`.`p95__c_02`,
`t6`.`rate__y`,
`t6`.`rate__d`,
`t6`.`score__y`,
`t6`.`total__y`,
COALESCE(`t6`.`total__x_y` - `t6`.`centre__total__x_y`, CAST(0.0 AS DOUBLE)) AS `total__x_y`,
`t6`.`capped__winsorised__y`,
`t6`.`centre__total__x_y`,
IF(`t6`.`is_observable`, CAST(0.0 AS DOUBLE), CAST(1.0 AS DOUBLE)) AS `unit_is_missing`,
CAST(1.0 AS DOUBLE) AS `unit`,
'all' AS `segment_name`,
'all' AS `segment_value`
FROM (
SELECT
`t3`.`experiment_id`,
`t3`.`unit_id`,
`t3`.`variant_id`,
`t3`.`exposed_at`,
`t3`.`analysis_date`,
`t3`.`stratum`,
`t3`.`segment__platform`,
`t3`.`is_active_before_exposure`,
`t3`.`is_observable`,
`t3`.`any_event__y`,
`t3`.`came_back__y`,
`t3`.`capped__y`,
`t3`.`conversion__y`,
`t3`.`conversion__d`,
`t3`.`gini__y`,
`t3`.`labels__y`,
`t3`.`p95__d`,
`t3`.`p95__c_01`,
`t3`.`p95__c_02`,
`t3`.`rate__y`,
`t3`.`rate__d`,
`t3`.`score__y`,
`t3`.`total__y`,
`t3`.`total__x_y`,
`t3`.`capped__winsorised__y`,
`t5`.`centre__total__x_y`
FROM (
select * from units
) AS `t3`
INNER JOIN (
SELECT
`t1`.`experiment_id`,
AVG(`t1`.`total__x_y`) AS `centre__total__x_y`
FROM (
select * from units
) AS `t1`
GROUP BY
1
) AS `t5`
ON `t3`.`experiment_id` = `t5`.`experiment_id`
) AS `t6`
) AS `t7`
GROUP BY
1,
2,
3,
4,
5,
6
) AS `t9`
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
(0, 0, 0, 'e1', 'covariates', 'covariates', 'total.x_y', 'total.x_y', FALSE),
(1, 0, 1, 'e1', 'covariates', 'covariates', 'total.x_y', 'missing', FALSE),
(2, 1, 1, 'e1', 'covariates', 'covariates', 'missing', 'missing', FALSE) AS declared(`pair_index`, `column_a_index`, `column_b_index`, `experiment_id`, `metric_name`, `definition_hash`, `column_a`, `column_b`, `is_winsorised`)
) AS `t2`
ON `t9`.`experiment_id` = `t2`.`experiment_id`
) AS `t10`
WHERE
`t10`.`n` > 0
