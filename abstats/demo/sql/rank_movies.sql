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

create or replace temp table scored as
with popular as (

    select
        chunk_viewer.viewer_ix,
        popular_movie.movie_ix,
        1 - popular_movie.popularity_rank / 100.0 as score
    from chunk_viewer
    cross join popular_movie

),

-- Similar to what the viewer rated, the better rated the more; fame fills up.
collaborative as (

    select
        chunk_rating.viewer_ix,
        movie_similarity.neighbour_ix as movie_ix,
        sum((chunk_rating.rating - 1.5) * movie_similarity.similarity) as score
    from chunk_rating
    inner join movie_similarity
        on chunk_rating.movie_ix = movie_similarity.movie_ix
    group by 1, 2
    union all
    select
        viewer_ix,
        movie_ix,
        1e-6 * score as score
    from popular

),

-- The viewer's genres: what was rated, and the favourite named at sign-up.
profile as (

    select
        chunk_rating.viewer_ix,
        movie_genre.genre_ix,
        (chunk_rating.rating - 1.5) * movie_genre.weight as weight
    from chunk_rating
    inner join movie_genre on chunk_rating.movie_ix = movie_genre.movie_ix
    union all
    select
        viewer_ix,
        favourite_genre_ix as genre_ix,
        3 as weight
    from chunk_viewer

),

profile_genre as (

    select
        viewer_ix,
        genre_ix,
        sum(weight) as weight
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
        sum(profile_genre.weight * content_candidate.strength) as score
    from profile_genre
    inner join content_candidate
        on profile_genre.genre_ix = content_candidate.genre_ix
    group by 1, 2

)

select 'popular' as model, * from popular
union all
select 'cf' as model, viewer_ix, movie_ix, max(score) as score
from collaborative
group by all
union all
select 'content' as model, * from content;

create or replace temp table slate as
with ranked as (

    select
        scored.model,
        scored.viewer_ix,
        scored.movie_ix,
        row_number() over (
            partition by scored.model, scored.viewer_ix
            order by scored.score desc, scored.movie_ix
        ) as slot
    from scored
    anti join chunk_rating
        on
            scored.viewer_ix = chunk_rating.viewer_ix
            and scored.movie_ix = chunk_rating.movie_ix
    qualify slot <= 30

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
        movie_ix,
        row_number() over (
            partition by viewer_ix order by score desc, movie_ix
        ) as slot
    from fused
    qualify slot <= 10

)

select
    model,
    viewer_ix,
    movie_ix,
    slot::integer as slot
from ranked
where slot <= 10
union all
select
    'blend' as model,
    viewer_ix,
    movie_ix,
    slot::integer as slot
from blended;
