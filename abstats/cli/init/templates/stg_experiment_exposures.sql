-- EXAMPLE, made by `abstats init`: select from your exposure log instead.
-- One row per logged exposure: which unit met which variant of which experiment, and when (UTC).
-- Repeated rows are welcome: abstats takes the first exposure of each unit. A segment that an
-- experiment declares is one more column here.
select
    cast('example_experiment' as varchar(255)) as experiment_id,
    cast('u1' as varchar(255)) as unit_id,
    cast('control' as varchar(255)) as variant_id,
    cast('2026-01-05 00:00:00' as timestamp) as exposed_at
where 1 = 0
