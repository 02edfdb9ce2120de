select * from (
SELECT
"t13"."experiment_id",
"t13"."unit_id",
"t13"."variant_id",
"t13"."exposed_at",
"t13"."first_seen_at",
"t13"."n_variants",
"t13"."segment__platform",
'all' AS "stratum"
FROM (
SELECT
"t12"."experiment_id",
"t12"."unit_id",
"t12"."variant_id",
"t12"."exposed_at",
"t12"."first_seen_at",
"t12"."n_variants",
"t12"."segment__platform"
FROM (
SELECT
"t11"."experiment_id",
"t11"."unit_id",
"t11"."variant_id",
"t11"."exposed_at",
"t11"."first_seen_at",
"t11"."n_variants",
IF(
"t11"."experiment_id" IN ('e1')
AND (
"t11"."segment__platform" IS NOT NULL
)
AND (
"t11"."kept_value" IS NULL
),
'(other)',
"t11"."segment__platform"
) AS "segment__platform",
"t11"."kept_experiment_id",
"t11"."kept_value"
FROM (
SELECT
"t2"."experiment_id",
"t2"."unit_id",
"t2"."variant_id",
"t2"."exposed_at",
"t2"."first_seen_at",
"t2"."n_variants",
"t2"."segment__platform",
"t10"."kept_experiment_id",
"t10"."kept_value"
FROM (
select * from exposures
) AS "t2"
LEFT OUTER JOIN (
SELECT
"t8"."experiment_id" AS "kept_experiment_id",
"t8"."segment__platform" AS "kept_value"
FROM (
SELECT
"t7"."experiment_id",
"t7"."segment__platform",
"t7"."n_early",
"t7"."first_at",
"t7"."came_at",
ROW_NUMBER() OVER (
PARTITION BY "t7"."experiment_id"
ORDER BY "t7"."n_early" DESC, "t7"."came_at" ASC, "t7"."segment__platform" ASC
) - 1 AS "rank"
FROM (
SELECT
"t6"."experiment_id",
"t6"."segment__platform",
"t6"."n_early",
"t6"."first_at",
IF("t6"."n_early" = 0, "t6"."first_at", CAST(NULL AS TIMESTAMP(6))) AS "came_at"
FROM (
SELECT
"t5"."experiment_id",
"t5"."segment__platform",
SUM(IF("t5"."exposed_at" < (
"t5"."starts_at" + INTERVAL '604800' SECOND
), 1, 0)) AS "n_early",
MIN("t5"."exposed_at") AS "first_at"
FROM (
SELECT
*
FROM (
SELECT
"t2"."experiment_id",
"t2"."unit_id",
"t2"."variant_id",
"t2"."exposed_at",
"t2"."first_seen_at",
"t2"."n_variants",
"t2"."segment__platform",
"t3"."starts_at"
FROM (
select * from exposures
) AS "t2"
INNER JOIN (
select * from dates
) AS "t3"
ON "t2"."experiment_id" = "t3"."experiment_id"
) AS "t4"
WHERE
"t4"."experiment_id" IN ('e1') AND "t4"."segment__platform" IS NOT NULL
) AS "t5"
GROUP BY
1,
2
) AS "t6"
) AS "t7"
) AS "t8"
WHERE
"t8"."rank" < CASE "t8"."experiment_id" WHEN 'e1' THEN 20 ELSE 0 END
) AS "t10"
ON "t2"."experiment_id" = "t10"."kept_experiment_id"
AND "t2"."segment__platform" = "t10"."kept_value"
) AS "t11"
) AS "t12"
) AS "t13"
) as stratified_exposures
