with declared as (
select planned.*
from (SELECT
CAST("experiment_id" AS VARCHAR) AS "experiment_id",
CAST("analysis_date" AS DATE) AS "analysis_date",
CAST("plan_hash" AS VARCHAR) AS "plan_hash"
FROM (VALUES
('e1', '2026-01-05', '39a21c262bc5a5b2'),
('e1', '2026-01-06', '39a21c262bc5a5b2'),
('e1', '2026-01-07', '39a21c262bc5a5b2'),
('e1', '2026-01-08', '39a21c262bc5a5b2'),
('e1', '2026-01-09', '39a21c262bc5a5b2'),
('e1', '2026-01-10', '39a21c262bc5a5b2'),
('e1', '2026-01-11', '39a21c262bc5a5b2'),
('e1', '2026-01-12', '39a21c262bc5a5b2'),
('e1', '2026-01-13', '39a21c262bc5a5b2'),
('e1', '2026-01-14', '39a21c262bc5a5b2'),
('e1', '2026-01-15', '39a21c262bc5a5b2'),
('e1', '2026-01-16', '39a21c262bc5a5b2'),
('e1', '2026-01-17', '39a21c262bc5a5b2'),
('e1', '2026-01-18', '39a21c262bc5a5b2'),
('e1', '2026-01-19', '39a21c262bc5a5b2'),
('e1', '2026-01-20', '39a21c262bc5a5b2'),
('e1', '2026-01-21', '39a21c262bc5a5b2')) AS declared("experiment_id", "analysis_date", "plan_hash")) as planned
inner join dates as dates on planned.experiment_id = dates.experiment_id
where planned.analysis_date <= dates.analysis_date
),
inputs as (
select experiment_id, exposure_date as input_date,
fingerprint as exposures, 0 as days, 0 as histories, 0 as scales
from exposure_days
union all
select experiment_id, partition_date, 0, inputs_hash, 0, 0
from unit_days where unit_id is null and inputs_hash <> -1
union all
select experiment_id, partition_date, 0, 0, inputs_hash, 0
from unit_histories where unit_id is null and inputs_hash <> -1
union all
select experiment_id, cast('0001-01-01' as date), 0, 0, 0, bitwise_and(from_big_endian_64(xxhash64(to_utf8(json_format(cast(row(metric_name, definition_hash, scale_name, value) as json))))), 4294967295)
from scales
)
select
declared.experiment_id,
declared.analysis_date,
bitwise_and(from_big_endian_64(xxhash64(to_utf8(json_format(cast(row(declared.plan_hash, coalesce(sum(inputs.exposures), 0), coalesce(sum(inputs.days), 0), coalesce(sum(inputs.histories), 0), coalesce(sum(inputs.scales), 0)) as json))))), 4294967295) as inputs_hash
from declared
inner join inputs
on
declared.experiment_id = inputs.experiment_id
and inputs.input_date <= declared.analysis_date
group by declared.experiment_id, declared.analysis_date, declared.plan_hash
having sum(inputs.exposures) > 0
