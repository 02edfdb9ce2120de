-- Item-based collaborative filtering (Sarwar et al., 2001): cosine similarity
-- of movies over the viewers who liked them, in whole millionths (sums of
-- integers are exact in any order), shrunk where few did. A sample of
-- viewers is enough for few movies.
create or replace temp table liked as
select
    viewer_ix,
    movie_ix
from rating
where rating >= 3 and viewer_ix < 60000;

create or replace temp table movie_similarity as
with likes as (

    select
        movie_ix,
        count(*) as likes
    from liked
    group by 1

),

pairs as (

    select
        one.movie_ix,
        other.movie_ix as neighbour_ix,
        count(*) as likes_together
    from liked as one
    inner join liked as other
        on one.viewer_ix = other.viewer_ix and one.movie_ix <> other.movie_ix
    group by 1, 2

)

select
    pairs.movie_ix,
    pairs.neighbour_ix,
    round(
        1e6
        * pairs.likes_together / sqrt(own.likes::double * neighbour.likes)
        * pairs.likes_together / (pairs.likes_together + 5)
    )::bigint as similarity
from pairs
inner join likes as own on pairs.movie_ix = own.movie_ix
inner join likes as neighbour on pairs.neighbour_ix = neighbour.movie_ix
qualify row_number() over (
    partition by pairs.movie_ix order by similarity desc, pairs.neighbour_ix
) <= 25;
