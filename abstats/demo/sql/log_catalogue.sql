insert into raw.viewers
select
    viewer.viewer_id,
    viewer.signed_up_at,
    viewer.country,
    viewer.platform,
    genre.genre as favourite_genre,
    loaded_after(viewer.signed_up_at, 'viewer', viewer.viewer_ix) as loaded_at
from viewer
inner join genre on viewer.favourite_genre_ix = genre.genre_ix
order by viewer.viewer_ix;

insert into raw.movies
select
    movie_id,
    title,
    creator_id,
    release_year,
    runtime_minutes,
    price
from movie
order by movie_ix;

insert into raw.movie_genres
select
    movie.movie_id,
    genre.genre,
    movie_genre.genre_ix = movie.first_genre_ix as is_primary
from movie_genre
inner join movie on movie_genre.movie_ix = movie.movie_ix
inner join genre on movie_genre.genre_ix = genre.genre_ix
order by all;

insert into raw.ratings
select
    viewer_id,
    1000 + movie_ix as movie_id,
    rating,
    rated_at
from rating;
