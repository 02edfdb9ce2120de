with watches as (

    select * from {{ ref('stg_movies__watches') }}

),

movies as (

    select * from {{ ref('stg_movies__movies') }}

),

started as (

    select
        watches.watch_id,
        watches.viewer_id,
        watches.movie_id,
        movies.creator_id,
        watches.minutes_watched,
        watches.started_at
    from watches
    left join movies on watches.movie_id = movies.movie_id

)

select * from started
