with watches as (

    select * from {{ source('movies', 'watches') }}

),

renamed as (

    select
        watch_id,
        click_id,
        viewer_id,
        movie_id,
        minutes_watched,
        started_at,
        loaded_at
    from watches

)

select * from renamed
