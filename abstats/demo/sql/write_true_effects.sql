-- Means of expected outcomes per arm; ratios are ratios of expected sums.
insert into raw.true_effects
with chunks_added as (

    select
        experiment_id,
        variant_id,
        from_day,
        window_days,
        sum(columns(* exclude (experiment_id, variant_id, from_day, window_days)))
    from true_sum
    group by all

),

sums as (

    unpivot chunks_added
    on columns(* exclude (experiment_id, variant_id, from_day, window_days))
    into name quantity value total

),

-- An experiment's window is that of metrics without one of their own.
windows as (

    select distinct
        arm.experiment_id,
        true_metric.* exclude (window_days),
        coalesce(true_metric.window_days, arm.window_days) as window_days
    from arm
    cross join true_metric

),

means as (

    select
        windows.metric_name,
        numerator.experiment_id,
        numerator.variant_id,
        numerator.total / denominator.total as mean
    from windows
    inner join sums as numerator
        on
            windows.experiment_id = numerator.experiment_id
            and windows.numerator = numerator.quantity
            and windows.from_day = numerator.from_day
            and windows.window_days
            is not distinct from numerator.window_days
    inner join sums as denominator
        on
            windows.denominator = denominator.quantity
            and numerator.experiment_id = denominator.experiment_id
            and numerator.variant_id = denominator.variant_id
            and numerator.from_day = denominator.from_day
            and numerator.window_days
            is not distinct from denominator.window_days

)

select
    treatment.experiment_id,
    treatment.variant_id as treatment_variant_id,
    control.variant_id as control_variant_id,
    treatment.metric_name,
    case
        when arm.surface is null then 0
        -- What no arm changes is 0, not what is left of adding in another order.
        else round(treatment.mean - control.mean, 12) + 0
    end as true_effect_abs,
    true_effect_abs / control.mean as true_effect_rel,
    control.mean as control_mean
from means as treatment
inner join arm
    on
        treatment.experiment_id = arm.experiment_id
        and treatment.variant_id = arm.variant_id
        and not arm.is_control
inner join arm as control_arm
    on
        treatment.experiment_id = control_arm.experiment_id
        and control_arm.is_control
inner join means as control
    on
        control_arm.experiment_id = control.experiment_id
        and control_arm.variant_id = control.variant_id
        and treatment.metric_name = control.metric_name
order by 1, 2, 4;
