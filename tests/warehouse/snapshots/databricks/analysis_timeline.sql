with declared as (
select planned.*
from (SELECT
CAST(`experiment_id` AS STRING) AS `experiment_id`,
CAST(`analysis_date` AS DATE) AS `analysis_date`,
CAST(`plan_hash` AS STRING) AS `plan_hash`
FROM VALUES
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
('e1', '2026-01-21', '39a21c262bc5a5b2') AS declared(`experiment_id`, `analysis_date`, `plan_hash`)) as planned
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
select experiment_id, cast('0001-01-01' as date), 0, 0, 0, (xxhash64(metric_name, case when metric_name is null then 1 else 0 end, definition_hash, case when definition_hash is null then 1 else 0 end, scale_name, case when scale_name is null then 1 else 0 end, value, case when value is null then 1 else 0 end) & 4294967295)
from scales
)
select
declared.experiment_id,
declared.analysis_date,
(xxhash64(declared.plan_hash, case when declared.plan_hash is null then 1 else 0 end, coalesce(sum(inputs.exposures), 0), case when coalesce(sum(inputs.exposures), 0) is null then 1 else 0 end, coalesce(sum(inputs.days), 0), case when coalesce(sum(inputs.days), 0) is null then 1 else 0 end, coalesce(sum(inputs.histories), 0), case when coalesce(sum(inputs.histories), 0) is null then 1 else 0 end, coalesce(sum(inputs.scales), 0), case when coalesce(sum(inputs.scales), 0) is null then 1 else 0 end) & 4294967295) as inputs_hash
from declared
inner join inputs
on
declared.experiment_id = inputs.experiment_id
and inputs.input_date <= declared.analysis_date
group by declared.experiment_id, declared.analysis_date, declared.plan_hash
having sum(inputs.exposures) > 0
