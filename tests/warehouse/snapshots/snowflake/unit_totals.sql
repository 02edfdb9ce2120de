with days_to_add as (select experiment_id, unit_id, partition_date as last_date, "value_7ab10653__any__experiment", "value_7ab10653__any__1d_to_7d", "value_7ab10653__sum__7d", "value_7ab10653__instants__end_7d", "weight_2d30ad4f__first__end_0d", "value_7ab10653__sum__experiment", "label_4f1767c6__distinct__experiment", "value_7ab10653__count__experiment", "value_7ab10653__grid_e20aa156_01__experiment", "value_7ab10653__grid_e20aa156_02__experiment", "value_7ab10653__sum__5d", "weight_2d30ad4f__sum__5d" from unit_days where unit_id is not null)
select partition_key, experiment_id, last_date, unit_id, inputs_hash, "value_7ab10653__any__experiment", "value_7ab10653__any__1d_to_7d", "value_7ab10653__sum__7d", "value_7ab10653__instants__end_7d", "weight_2d30ad4f__first__end_0d", "value_7ab10653__sum__experiment", "label_4f1767c6__distinct__experiment", "value_7ab10653__count__experiment", "value_7ab10653__grid_e20aa156_01__experiment", "value_7ab10653__grid_e20aa156_02__experiment", "value_7ab10653__sum__5d", "weight_2d30ad4f__sum__5d" from (
SELECT
"t2"."experiment_number",
"t2"."unit_id",
"t2"."value_7ab10653__any__experiment",
"t2"."value_7ab10653__any__1d_to_7d",
"t2"."value_7ab10653__sum__7d",
"t2"."value_7ab10653__instants__end_7d",
"t2"."weight_2d30ad4f__first__end_0d",
"t2"."value_7ab10653__sum__experiment",
"t2"."label_4f1767c6__distinct__experiment",
"t2"."value_7ab10653__count__experiment",
"t2"."value_7ab10653__grid_e20aa156_01__experiment",
"t2"."value_7ab10653__grid_e20aa156_02__experiment",
"t2"."value_7ab10653__sum__5d",
"t2"."weight_2d30ad4f__sum__5d",
"t2"."last_date",
CAST(NULL AS VARCHAR) AS "partition_key",
CASE "t2"."experiment_number" WHEN 0 THEN 'e1' ELSE NULL END AS "experiment_id",
CAST(NULL AS BIGINT) AS "inputs_hash"
FROM (
SELECT
"t1"."experiment_number",
"t1"."unit_id",
MAX("t1"."value_7ab10653__any__experiment") AS "value_7ab10653__any__experiment",
MAX("t1"."value_7ab10653__any__1d_to_7d") AS "value_7ab10653__any__1d_to_7d",
SUM("t1"."value_7ab10653__sum__7d") AS "value_7ab10653__sum__7d",
ARRAY_DISTINCT(ARRAY_FLATTEN(ARRAY_AGG("t1"."value_7ab10653__instants__end_7d"))) AS "value_7ab10653__instants__end_7d",
MIN("t1"."weight_2d30ad4f__first__end_0d") AS "weight_2d30ad4f__first__end_0d",
SUM("t1"."value_7ab10653__sum__experiment") AS "value_7ab10653__sum__experiment",
ARRAY_DISTINCT(ARRAY_FLATTEN(ARRAY_AGG("t1"."label_4f1767c6__distinct__experiment"))) AS "label_4f1767c6__distinct__experiment",
SUM("t1"."value_7ab10653__count__experiment") AS "value_7ab10653__count__experiment",
SUM("t1"."value_7ab10653__grid_e20aa156_01__experiment") AS "value_7ab10653__grid_e20aa156_01__experiment",
SUM("t1"."value_7ab10653__grid_e20aa156_02__experiment") AS "value_7ab10653__grid_e20aa156_02__experiment",
SUM("t1"."value_7ab10653__sum__5d") AS "value_7ab10653__sum__5d",
SUM("t1"."weight_2d30ad4f__sum__5d") AS "weight_2d30ad4f__sum__5d",
MAX("t1"."last_date") AS "last_date"
FROM (
SELECT
"t0"."experiment_id",
"t0"."last_date",
"t0"."unit_id",
"t0"."value_7ab10653__any__experiment",
"t0"."value_7ab10653__any__1d_to_7d",
"t0"."value_7ab10653__sum__7d",
"t0"."value_7ab10653__instants__end_7d",
"t0"."weight_2d30ad4f__first__end_0d",
"t0"."value_7ab10653__sum__experiment",
"t0"."label_4f1767c6__distinct__experiment",
"t0"."value_7ab10653__count__experiment",
"t0"."value_7ab10653__grid_e20aa156_01__experiment",
"t0"."value_7ab10653__grid_e20aa156_02__experiment",
"t0"."value_7ab10653__sum__5d",
"t0"."weight_2d30ad4f__sum__5d",
CASE "t0"."experiment_id" WHEN 'e1' THEN 0 ELSE -1 END AS "experiment_number"
FROM (
select * from days_to_add
) AS "t0"
) AS "t1"
GROUP BY
1,
2
) AS "t2"
) as totals
union all
select partition_key, experiment_id, partition_date, unit_id, inputs_hash, "value_7ab10653__any__experiment", "value_7ab10653__any__1d_to_7d", "value_7ab10653__sum__7d", "value_7ab10653__instants__end_7d", "weight_2d30ad4f__first__end_0d", "value_7ab10653__sum__experiment", "label_4f1767c6__distinct__experiment", "value_7ab10653__count__experiment", "value_7ab10653__grid_e20aa156_01__experiment", "value_7ab10653__grid_e20aa156_02__experiment", "value_7ab10653__sum__5d", "weight_2d30ad4f__sum__5d" from unit_days where unit_id is null and inputs_hash <> -1
