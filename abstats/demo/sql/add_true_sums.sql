-- Expected outcomes of the chunk's exposed viewers, had their first device met
-- this or that arm. A request of the experiment's surface from that device is
-- answered by the arm's model; any other request by a mixture over the arms of
-- the experiment that owns it, since it is randomised apart. Requests are the
-- same in each world.
create or replace temp table first_exposure as
select
    arm_surface.experiment_id,
    served.viewer_ix,
    arm_surface.surface,
    min(served.requested_at) as exposed_at,
    arg_min(served.is_second_device, served.requested_at) as is_second_device
from served
inner join (select distinct experiment_id, surface from arm) as arm_surface
    on arm_surface.surface is null or served.surface = arm_surface.surface
where
    served.requested_at >= getvariable('start_at')
    and served.requested_at < getvariable('end_at')
group by 1, 2, 3;

create or replace temp table expected_page as
select
    viewer_ix,
    model,
    page,
    1::double as pages,
    any_value(latency_mean_ms) as latency_ms,
    count(*)::double as impressions,
    sum(click_chance) as clicks,
    sum(click_chance * watch_chance) as watches,
    sum(
        click_chance * watch_chance * runtime_minutes
        * completion_power / (completion_power + 1)
    ) as minutes,
    sum(click_chance * order_chance) as orders,
    sum(click_chance * order_chance * price) as revenue,
    sum(ln(1 - click_chance * watch_chance)) as log_no_watch,
    sum(ln(1 - click_chance * order_chance)) as log_no_order
from response
group by 1, 2, 3;

-- Sums per viewer, window, device and model that could have answered.
create or replace temp table possible_sum as
with followed as (

    select
        first_exposure.experiment_id,
        first_exposure.viewer_ix,
        served.surface,
        served.page,
        served.is_second_device,
        (
            first_exposure.surface = served.surface
            and first_exposure.is_second_device = served.is_second_device
        ) is true as is_steered,
        count(*) filter (served.requested_at < getvariable('end_at'))
            as n_before_end,
        count(*) filter (
            served.requested_at < first_exposure.exposed_at + to_days(7)
        ) as n_in_week,
        count(*) filter (
            served.requested_at >= first_exposure.exposed_at + to_days(1)
            and served.requested_at < first_exposure.exposed_at + to_days(7)
        ) as n_after_a_day
    from first_exposure
    inner join served
        on
            first_exposure.viewer_ix = served.viewer_ix
            and served.requested_at >= first_exposure.exposed_at
    group by 1, 2, 3, 4, 5, 6

),

pages as (

    select
        *,
        0 as from_day,
        null::integer as window_days,
        n_before_end as n
    from followed
    where n_before_end > 0
    union all
    select
        *,
        0 as from_day,
        7 as window_days,
        n_in_week as n
    from followed
    where n_in_week > 0
    union all
    select
        *,
        1 as from_day,
        7 as window_days,
        n_after_a_day as n
    from followed

),

owners as (

    select distinct
        surface,
        model
    from arm
    where model is not null

)

select
    pages.experiment_id,
    pages.viewer_ix,
    pages.from_day,
    pages.window_days,
    pages.surface,
    pages.is_second_device,
    pages.is_steered,
    owners.model,
    sum(pages.n * expected_page.pages) as pages,
    sum(pages.n * expected_page.latency_ms) as latency_ms,
    sum(pages.n * expected_page.impressions) as impressions,
    sum(pages.n * expected_page.clicks) as clicks,
    sum(pages.n * expected_page.watches) as watches,
    sum(pages.n * expected_page.minutes) as minutes,
    sum(pages.n * expected_page.orders) as orders,
    sum(pages.n * expected_page.revenue) as revenue,
    sum(pages.n * expected_page.log_no_watch) as log_no_watch,
    sum(pages.n * expected_page.log_no_order) as log_no_order
from pages
inner join owners on pages.surface = owners.surface
inner join expected_page
    on
        pages.viewer_ix = expected_page.viewer_ix
        and pages.page = expected_page.page
        and owners.model = expected_page.model
group by 1, 2, 3, 4, 5, 6, 7, 8;

insert into true_sum
with devices as (

    select
        possible_sum.experiment_id,
        steering.variant_id,
        possible_sum.from_day,
        possible_sum.window_days,
        possible_sum.viewer_ix,
        possible_sum.surface,
        possible_sum.is_second_device,
        sum(steering.share * possible_sum.pages) as pages,
        sum(
            steering.share * steering.slowness * possible_sum.latency_ms
        ) as latency_ms,
        sum(steering.share * possible_sum.impressions) as impressions,
        sum(steering.share * possible_sum.clicks) as clicks,
        sum(steering.share * possible_sum.watches) as watches,
        sum(steering.share * possible_sum.minutes) as minutes,
        sum(steering.share * possible_sum.orders) as orders,
        sum(steering.share * possible_sum.revenue) as revenue,
        sum(steering.share * exp(possible_sum.log_no_watch)) as no_watch_chance,
        sum(steering.share * exp(possible_sum.log_no_order)) as no_order_chance
    from possible_sum
    inner join steering
        on
            possible_sum.experiment_id = steering.experiment_id
            and possible_sum.surface = steering.surface
            and possible_sum.model = steering.model
            and possible_sum.is_steered = steering.is_steered
    group by 1, 2, 3, 4, 5, 6, 7

),

viewers as (

    select
        experiment_id,
        variant_id,
        from_day,
        window_days,
        viewer_ix,
        sum(pages) as pages,
        sum(latency_ms) as latency_ms,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(watches) as watches,
        sum(minutes) as minutes,
        sum(orders) as orders,
        sum(revenue) as revenue,
        1 - product(no_watch_chance) as has_watch,
        1 - product(no_order_chance) as has_order
    from devices
    group by 1, 2, 3, 4, 5

)

select
    experiment_id,
    variant_id,
    from_day,
    window_days,
    count(*) as viewers,
    sum(pages) as pages,
    sum(latency_ms) as latency_ms,
    sum(impressions) as impressions,
    sum(clicks) as clicks,
    sum(watches) as watches,
    sum(minutes) as minutes,
    sum(orders) as orders,
    sum(revenue) as revenue,
    sum(has_watch) as has_watch,
    sum(has_order) as has_order,
    sum(minutes + 60 * has_order) as score
from viewers
group by 1, 2, 3, 4;
