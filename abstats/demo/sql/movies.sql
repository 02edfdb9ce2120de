-- The catalogue. `movie_ix` orders movies by fame. `style` is what genres do
-- not tell: viewers feel it, only co-ratings reveal it.
create or replace temp table genre as
select
    unnest(range(8))::integer as genre_ix,
    unnest([
        'action', 'comedy', 'crime', 'documentary',
        'drama', 'family', 'horror', 'science fiction'
    ]) as genre;

create or replace temp table movie as
with drawn as (

    select
        i::integer as movie_ix,
        floor(8 * uniform('movie/genre', i))::integer as first_genre_ix,
        floor(7 * uniform('movie/second_genre', i))::integer as genre_step,
        floor(6 * uniform('movie/style', i))::integer as style,
        exp(0.25 * normal('movie/quality', i)) as quality,
        80 + floor(80 * uniform('movie/runtime', i))::integer
            as runtime_minutes,
        1 + floor(4 * uniform('movie/price', i))::integer as price_step,
        floor(60 * uniform('movie/creator', i))::integer as creator_ix,
        2025 - floor(30 * uniform('movie/year', i))::integer as release_year
    from range(getvariable('movies')) as movies (i)

)

select
    movie_ix,
    1000 + movie_ix as movie_id,
    'The '
    || [
        'Silent', 'Golden', 'Broken', 'Distant', 'Electric', 'Hidden', 'Last',
        'Midnight', 'Paper', 'Quiet', 'Scarlet', 'Second', 'Stolen', 'Velvet',
        'Winter', 'Crooked'
    ][1 + movie_ix % 16]
    || ' '
    || [
        'Harbour', 'Orchard', 'Signal', 'Mirror', 'Station', 'Garden',
        'Letter', 'Island', 'Circus', 'Compass', 'Machine', 'River',
        'Promise', 'Country', 'Empire', 'Road'
    ][1 + movie_ix // 16] as title,
    first_genre_ix,
    (first_genre_ix + 1 + genre_step) % 8 as second_genre_ix,
    style,
    quality,
    runtime_minutes,
    [2.99, 3.99, 4.99, 9.99][price_step]::double as price,
    1 + creator_ix as creator_id,
    release_year
from drawn;

create or replace temp table movie_genre as
select
    movie_ix,
    first_genre_ix as genre_ix,
    0.7::double as weight
from movie
union all
select
    movie_ix,
    second_genre_ix as genre_ix,
    0.3::double as weight
from movie;
