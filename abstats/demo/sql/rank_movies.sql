-- Each model ranks for each viewer of the chunk; ten movies a slate, none that
-- the viewer rated.
create or replace temp table chunk_viewer as
select * from viewer
where
    viewer_ix >= getvariable('chunk_from')
    and viewer_ix < getvariable('chunk_to');

create or replace temp table chunk_rating as
select
    viewer_ix,
    movie_ix,
    rating
from rating
where
    viewer_ix >= getvariable('chunk_from')
    and viewer_ix < getvariable('chunk_to');

-- Thirty movies each, best first. Scores are whole numbers: exact sums, so that
-- threads cannot turn a tie; the more famous movie goes first.
create or replace temp table ranking as
with popular as (

    select
        chunk_viewer.viewer_ix,
        popular_movie.movie_ix,
        50 - popular_movie.popularity_rank as score
    from chunk_viewer
    cross join popular_movie

),

-- Similar to what the viewer rated, the better rated the more; fame fills up.
collaborative as (

    select
        chunk_rating.viewer_ix,
        movie_similarity.neighbour_ix as movie_ix,
        sum((2 * chunk_rating.rating - 3) * movie_similarity.similarity)::bigint
            as score
    from chunk_rating
    inner join movie_similarity
        on chunk_rating.movie_ix = movie_similarity.movie_ix
    group by 1, 2
    union all
    select
        viewer_ix,
        movie_ix,
        score
    from popular

),

-- The viewer's genres: what was rated (ten points a movie, by its genres'
-- weights), and the favourite named at sign-up.
profile as (

    select
        chunk_rating.viewer_ix,
        movie_genre.genre_ix,
        2 * (chunk_rating.rating - 1)
        * round(10 * movie_genre.weight)::bigint as weight
    from chunk_rating
    inner join movie_genre on chunk_rating.movie_ix = movie_genre.movie_ix
    union all
    select
        viewer_ix,
        favourite_genre_ix as genre_ix,
        60 as weight
    from chunk_viewer

),

profile_genre as (

    select
        viewer_ix,
        genre_ix,
        sum(weight)::bigint as weight
    from profile
    group by 1, 2
    having sum(weight) > 0
    qualify row_number() over (
        partition by viewer_ix order by sum(weight) desc, genre_ix
    ) <= 3

),

content as (

    select
        profile_genre.viewer_ix,
        content_candidate.movie_ix,
        sum(profile_genre.weight * content_candidate.strength)::bigint as score
    from profile_genre
    inner join content_candidate
        on profile_genre.genre_ix = content_candidate.genre_ix
    group by 1, 2

),

scored as (

    select
        'popular' as model,
        *
    from popular
    union all
    select
        'cf' as model,
        viewer_ix,
        movie_ix,
        max(score) as score
    from collaborative
    group by 2, 3
    union all
    select
        'content' as model,
        *
    from content

)

select
    scored.model,
    scored.viewer_ix,
    max_by(
        scored.movie_ix, 1000 * scored.score - scored.movie_ix, 30
    ) as movies
from scored
anti join chunk_rating
    on
        scored.viewer_ix = chunk_rating.viewer_ix
        and scored.movie_ix = chunk_rating.movie_ix
group by 1, 2;

create or replace temp table slate as
with ranked as (

    select
        model,
        viewer_ix,
        unnest(movies) as movie_ix,
        generate_subscripts(movies, 1)::integer as slot
    from ranking

),

-- Reciprocal rank fusion (Cormack et al., 2009) of the two fitted models.
fused as (

    select
        viewer_ix,
        movie_ix,
        sum(1.0 / (5 + slot)) as score
    from ranked
    where model in ('cf', 'content')
    group by 1, 2

),

blended as (

    select
        viewer_ix,
        max_by(movie_ix, 1e6 * score - 1e-3 * movie_ix, 10) as movies
    from fused
    group by 1

)

select
    model,
    viewer_ix,
    movie_ix,
    slot
from ranked
where slot <= 10
union all
select
    'blend' as model,
    viewer_ix,
    unnest(movies) as movie_ix,
    generate_subscripts(movies, 1)::integer as slot
from blended;
