-- What each viewer would do with each slot of each model's slate: the only
-- place where behaviour is defined. The events are drawn from it, and the true
-- effects are sums of it.
--   click_chance     of an impression being clicked (taste, quality, position)
--   watch_chance     of a click becoming a watch
--   completion_power k: the watched share of the runtime is u^(1/k), u uniform,
--                    of mean k / (k + 1)
--   order_chance     of a click becoming an order
create or replace temp table response as
with matched as (

    select
        slate.model,
        slate.viewer_ix,
        slate.movie_ix,
        (slate.slot - 1) // 5 as page,
        (slate.slot - 1) % 5 + 1 as position,
        chunk_viewer.click_factor,
        chunk_viewer.spend_factor,
        chunk_viewer.latency_factor,
        movie.quality,
        movie.runtime_minutes,
        movie.price,
        0.7 * chunk_viewer.taste[movie.first_genre_ix + 1]
        + 0.3 * chunk_viewer.taste[movie.second_genre_ix + 1] as genre_match,
        (chunk_viewer.style = movie.style)::integer as style_match
    from slate
    inner join chunk_viewer on slate.viewer_ix = chunk_viewer.viewer_ix
    inner join movie on slate.movie_ix = movie.movie_ix

)

select
    model,
    viewer_ix,
    page,
    position,
    movie_ix,
    least(
        0.8,
        click_factor
        * quality
        * (0.03 + 0.27 * genre_match + 0.12 * style_match)
        / (1 + 0.18 * (position - 1))
    ) as click_chance,
    0.85::double as watch_chance,
    0.4 + 1.2 * genre_match + 0.4 * style_match as completion_power,
    least(
        0.6, 0.08 * spend_factor * (0.5 + genre_match + 0.4 * style_match)
    ) as order_chance,
    runtime_minutes,
    price,
    latency_factor
    * case model
        when 'popular' then 110
        when 'cf' then 180
        when 'content' then 183
        when 'blend' then 186
    end as latency_mean_ms
from matched;
