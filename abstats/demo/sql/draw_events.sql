-- What happened: each chance of `response` is drawn once per impression.
create or replace temp table page_load as
select
    served.*,
    round(
        response.latency_mean_ms
        * served.slowness
        * unit_noise('page/latency', served.request_id, 0.35),
        1
    ) as latency_ms
from served
inner join response
    on
        served.viewer_ix = response.viewer_ix
        and served.model = response.model
        and served.page = response.page
        and response.position = 1;

create or replace temp table impression as
with shown as (

    select
        page_load.request_id * 8 + response.position as impression_id,
        page_load.request_id,
        page_load.viewer_id,
        page_load.requested_at
        + to_milliseconds(round(page_load.latency_ms)::bigint) as shown_at,
        response.*
    from page_load
    inner join response
        on
            page_load.viewer_ix = response.viewer_ix
            and page_load.model = response.model
            and page_load.page = response.page

),

clicked as (

    select
        *,
        uniform('click', impression_id) < click_chance as is_clicked,
        is_clicked and uniform('watch', impression_id) < watch_chance
            as is_watched,
        is_clicked and uniform('order', impression_id) < order_chance
            as is_ordered
    from shown

)

select
    impression_id,
    request_id,
    viewer_id,
    movie_ix,
    position,
    shown_at,
    case
        when is_clicked
            then
                shown_at
                + to_seconds(
                    1
                    + floor(30 * uniform('click/delay', impression_id))::bigint
                )
    end as clicked_at,
    case
        when is_watched
            then
                round(
                    runtime_minutes
                    * power(
                        uniform('watch/share', impression_id),
                        1 / completion_power
                    ),
                    2
                )
    end as minutes,
    case when is_ordered then price end as amount
from clicked;
