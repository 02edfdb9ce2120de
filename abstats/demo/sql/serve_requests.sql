-- Visits come as they come, whatever is shown: one home page, and in half of
-- them an "up next" row some minutes later. The slate turns its page every
-- other day.
create or replace temp table request as
with visits as (

    select
        chunk_viewer.*,
        day.i as day_ix,
        chunk_viewer.viewer_ix::bigint * getvariable('log_days') + day.i
            as visit_ix
    from chunk_viewer
    cross join range(getvariable('log_days')) as day (i)
    where
        uniform(
            'visit',
            chunk_viewer.viewer_ix::bigint * getvariable('log_days') + day.i
        )
        < chunk_viewer.visit_rate
        * case
            when
                isodow(
                    getvariable('log_start_at') + to_days(day.i::integer)
                ) >= 5
                then 1.3
            else 0.85
        end

),

home_pages as (

    select
        visit_ix * 2 as request_id,
        'home' as surface,
        *,
        -- Evenings are busiest.
        getvariable('log_start_at')
        + to_days(day_ix::integer)
        + to_seconds(floor(86400 * ((
            0.5 * uniform('visit/time', visit_ix)
            + 0.5 * uniform('visit/time_too', visit_ix)
            + 0.3
        ) % 1))::bigint) as requested_at
    from visits

),

up_next_rows as (

    select
        visit_ix * 2 + 1 as request_id,
        'up_next' as surface,
        * exclude (request_id, surface, requested_at),
        requested_at
        + to_seconds(60 + floor(1740 * uniform('visit/stay', visit_ix))::bigint)
            as requested_at
    from home_pages
    where uniform('visit/has_up_next', visit_ix) < 0.5

),

requests as (

    select * from home_pages
    union all by name
    select * from up_next_rows

)

select
    request_id,
    viewer_ix,
    viewer_id,
    surface,
    country,
    has_second_device and uniform('visit/device', visit_ix) < 0.4
        as is_second_device,
    case when is_second_device then 'tv' else platform end as platform,
    -- The television is not signed in: it is bucketed by its own id.
    case when is_second_device then 'tv-' else '' end || viewer_id
        as bucketing_id,
    day_ix % 2 as page,
    requested_at
from requests
where requested_at >= signed_up_at and requested_at < getvariable('log_end_at');

-- The split: a device's variant in each experiment.
create or replace temp table assignment as
with devices as (

    select distinct
        viewer_ix,
        is_second_device,
        bucketing_id
    from request

)

select
    devices.viewer_ix,
    devices.is_second_device,
    arm.experiment_id,
    arm.variant_id,
    arm.surface,
    arm.model,
    arm.slowness
from devices
inner join arm
    on
        split_point(arm.experiment_id, devices.bucketing_id)
        >= arm.weight_from
        and split_point(arm.experiment_id, devices.bucketing_id)
        < arm.weight_to;

-- Before the experiments, collaborative filtering served everybody.
create or replace temp table served as
with choosing as (

    select * from assignment
    where model is not null

),

-- No surface has two experiments that slow it.
slowing as (

    select * from assignment
    where slowness <> 1

)

select
    request.*,
    case
        when request.requested_at < getvariable('start_at') then 'cf'
        else choosing.model
    end as model,
    case
        when request.requested_at < getvariable('start_at') then 1
        else coalesce(slowing.slowness, 1)
    end as slowness
from request
inner join choosing
    on
        request.viewer_ix = choosing.viewer_ix
        and request.is_second_device = choosing.is_second_device
        and request.surface = choosing.surface
left join slowing
    on
        request.viewer_ix = slowing.viewer_ix
        and request.is_second_device = slowing.is_second_device
        and request.surface = slowing.surface;
