insert into raw.requests
select
    request_id,
    viewer_id,
    bucketing_id,
    surface,
    model,
    platform,
    country,
    requested_at,
    loaded_after(requested_at, 'request', request_id) as loaded_at
from page_load;

-- One row whenever an experiment decides a request, while it takes in viewers.
insert into raw.experiment_exposures
select
    assignment.experiment_id,
    page_load.viewer_id,
    page_load.bucketing_id,
    assignment.variant_id,
    page_load.request_id,
    page_load.platform,
    page_load.requested_at as exposed_at,
    loaded_after(page_load.requested_at, 'exposure', page_load.request_id)
        as loaded_at
from page_load
inner join assignment
    on
        page_load.viewer_ix = assignment.viewer_ix
        and page_load.is_second_device = assignment.is_second_device
        and (
            assignment.surface is null
            or page_load.surface = assignment.surface
        )
where
    page_load.requested_at >= getvariable('start_at')
    and page_load.requested_at < getvariable('end_at');

insert into raw.page_loads
select
    request_id,
    viewer_id,
    latency_ms,
    requested_at + to_milliseconds(round(latency_ms)::bigint) as rendered_at,
    loaded_after(rendered_at, 'page', request_id) as loaded_at
from page_load;

insert into raw.impressions
select
    impression_id,
    request_id,
    viewer_id,
    1000 + movie_ix as movie_id,
    position,
    shown_at,
    loaded_after(shown_at, 'impression', impression_id) as loaded_at
from impression;

insert into raw.clicks
select
    impression_id as click_id,
    impression_id,
    viewer_id,
    clicked_at,
    loaded_after(clicked_at, 'click', impression_id) as loaded_at
from impression
where clicked_at is not null;

insert into raw.watches
select
    impression_id as watch_id,
    impression_id as click_id,
    viewer_id,
    1000 + movie_ix as movie_id,
    minutes as minutes_watched,
    clicked_at + to_seconds(5) as started_at,
    loaded_after(started_at, 'watch', impression_id) as loaded_at
from impression
where minutes is not null;

insert into raw.orders
select
    impression_id as order_id,
    impression_id as click_id,
    viewer_id,
    1000 + movie_ix as movie_id,
    amount,
    clicked_at
    + to_seconds(
        20 + floor(280 * uniform('order/delay', impression_id))::bigint
    ) as ordered_at,
    loaded_after(ordered_at, 'order', impression_id) as loaded_at
from impression
where amount is not null;
