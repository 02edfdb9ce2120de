-- The baseline: the most rated movies.
create or replace temp table popular_movie as
select
    movie.movie_ix,
    row_number() over (
        order by count(rating.rating) desc, movie.movie_ix
    )::integer as popularity_rank
from movie
left join rating on movie.movie_ix = rating.movie_ix
group by 1
qualify popularity_rank <= 40;
