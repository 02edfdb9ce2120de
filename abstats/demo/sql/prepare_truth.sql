-- `steering`: with what probability a model answers a request when the first
-- device's arm is given: surely the arm's own on the steered requests, else
-- each model by its weight. `slowness`: how many times longer it takes then, on
-- average over the arms of the experiments that are randomised apart.
create or replace temp table steering as
with owner as (

    select
        surface,
        model,
        weight_to - weight_from as weight
    from arm
    where model is not null

),

slowed as (

    select
        experiment_id,
        surface,
        sum(slowness * (weight_to - weight_from)) as mean_slowness
    from arm
    where surface is not null
    group by 1, 2

)

select
    arm.experiment_id,
    arm.variant_id,
    owner.surface,
    owner.model,
    flag.is_steered,
    case
        when flag.is_steered and arm.model is not null
            then (owner.model = arm.model)::integer::double
        else owner.weight
    end as share,
    case when flag.is_steered then arm.slowness else 1 end * (
        select coalesce(product(slowed.mean_slowness), 1)
        from slowed
        where
            slowed.surface = owner.surface
            and not (flag.is_steered and slowed.experiment_id = arm.experiment_id)
    ) as slowness
from arm
cross join owner
cross join (select unnest([true, false]) as is_steered) as flag
where not flag.is_steered or arm.surface = owner.surface;

create or replace temp table true_sum (
    experiment_id varchar,
    variant_id varchar,
    from_day integer,
    window_days integer,
    viewers double,
    pages double,
    latency_ms double,
    impressions double,
    clicks double,
    watches double,
    minutes double,
    orders double,
    revenue double,
    has_watch double,
    has_order double,
    score double
);
