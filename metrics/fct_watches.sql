with watches as (

    select * from {{ ref('stg_movies__watches') }}

),

started as (

    select
        watch_id,
        viewer_id,
        movie_id,
        minutes_watched,
        started_at
    from watches

)

select * from started
