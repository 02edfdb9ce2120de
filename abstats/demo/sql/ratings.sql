-- The history both recommenders learn from: viewers meet movies by fame, watch
-- what they like, rate what they watched. It ends before the log begins.
create or replace temp table rating as
with met as (

    select
        viewer.viewer_ix,
        viewer.viewer_id,
        viewer.signed_up_at,
        viewer.taste,
        viewer.style,
        viewer.viewer_ix::bigint * 24 + draw.i as draw_ix,
        floor(
            getvariable('movies')
            * power(
                uniform('rating/movie', viewer.viewer_ix * 24 + draw.i), 1.5
            )
        )::integer as movie_ix
    from viewer
    cross join range(24) as draw (i)
    where viewer.signed_up_at < getvariable('log_start_at')

),

matched as (

    select
        met.*,
        least(
            1,
            1.3 * (
                0.7 * met.taste[movie.first_genre_ix + 1]
                + 0.3 * met.taste[movie.second_genre_ix + 1]
            )
            + 0.4 * (met.style = movie.style)::integer
        ) as liking
    from met
    inner join movie on met.movie_ix = movie.movie_ix

),

watched as (

    select *
    from matched
    where uniform('rating/is_watched', draw_ix) < 0.05 + liking
    qualify row_number() over (
        partition by viewer_ix, movie_ix order by draw_ix
    ) = 1

)

select
    viewer_ix,
    viewer_id,
    movie_ix,
    greatest(1, least(5, round(
        1.7 + 3.3 * liking + 0.7 * normal('rating/noise', draw_ix)
    )))::tinyint as rating,
    date_trunc(
        'second',
        signed_up_at
        + (getvariable('log_start_at') - signed_up_at)
        * uniform('rating/rated_at', draw_ix)
    ) as rated_at
from watched;
