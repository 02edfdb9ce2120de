-- What the content model knows of a movie: its genres, and how well it is rated
-- (shrunk to the mean of all). Per genre it keeps the 40 best as candidates.
create or replace temp table movie_score as
select
    movie.movie_ix,
    (coalesce(sum(rating.rating), 0) + 20 * any_value(overall.mean_rating))
    / (count(rating.rating) + 20) / any_value(overall.mean_rating) as score
from movie
left join rating on movie.movie_ix = rating.movie_ix
cross join (select avg(rating) as mean_rating from rating) as overall
group by 1;

create or replace temp table content_candidate as
select
    movie_genre.genre_ix,
    movie_genre.movie_ix,
    round(1e6 * movie_genre.weight * movie_score.score)::bigint as strength
from movie_genre
inner join movie_score on movie_genre.movie_ix = movie_score.movie_ix
qualify row_number() over (
    partition by movie_genre.genre_ix
    order by strength desc, movie_genre.movie_ix
) <= 40;
