SELECT
CAST(`experiment_id` AS STRING) AS `experiment_id`,
CAST(`owner` AS STRING) AS `owner`,
CAST(`hypothesis` AS STRING) AS `hypothesis`,
CAST(`description` AS STRING) AS `description`,
CAST(`unit` AS STRING) AS `unit`,
CAST(`start_date` AS DATE) AS `start_date`,
CAST(`end_date` AS DATE) AS `end_date`,
CAST(`starts_at` AS DATETIME) AS `starts_at`,
CAST(`ends_at` AS DATETIME) AS `ends_at`,
CAST(`last_useful_date` AS DATE) AS `last_useful_date`,
CAST(`control_variant_id` AS STRING) AS `control_variant_id`,
CAST(`n_variants` AS INT64) AS `n_variants`,
CAST(`correction` AS STRING) AS `correction`,
CAST(`alpha` AS FLOAT64) AS `alpha`,
CAST(`power` AS FLOAT64) AS `power`,
CAST(`spec` AS STRING) AS `spec`,
CAST(`spec_hash` AS STRING) AS `spec_hash`
FROM UNNEST([
STRUCT(
'e1' AS `experiment_id`,
'search' AS `owner`,
'It is better.' AS `hypothesis`,
'' AS `description`,
'user' AS `unit`,
'2026-01-05' AS `start_date`,
'2026-01-15' AS `end_date`,
'2026-01-05 00:00:00' AS `starts_at`,
'2026-01-15 00:00:00' AS `ends_at`,
'2026-01-21' AS `last_useful_date`,
'a' AS `control_variant_id`,
2 AS `n_variants`,
'benjamini_hochberg' AS `correction`,
0.05e0 AS `alpha`,
0.8e0 AS `power`,
'{"allocation":[],"analysis":{"alpha":0.05,"bayesian":null,"comparisons":"control","correction":"benjamini_hochberg","cross_checks":{"bootstrap":1000,"permutation":null},"cuped":true,"gatekeeping":false,"post_stratify":null,"power":0.8,"sequential":null,"srm_alpha":0.001,"weights":{}},"control":"a","description":"","end":"2026-01-15","hypothesis":"It is better.","metrics":{"guardrails":[],"primary":["total","capped","rate","any_event","came_back","labels","conversion","p95","gini","score"],"secondary":[]},"name":"e1","owner":"search","salt":null,"segments":[{"keep":20,"name":"platform","preregistered":false}],"start":"2026-01-05","unit":"user","variants":{"a":0.5,"b":0.5},"window":null}' AS `spec`,
'9b1615bc745ac595' AS `spec_hash`
)
]) AS declared
