with movies as (

    select * from {{ source('movies', 'movies') }}

),

renamed as (

    select
        movie_id,
        title,
        creator_id,
        release_year,
        runtime_minutes,
        price
    from movies

)

select * from renamed
