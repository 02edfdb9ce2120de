with viewers as (

    select * from {{ source('movies', 'viewers') }}

),

renamed as (

    select
        viewer_id,
        signed_up_at,
        country,
        platform,
        favourite_genre,
        loaded_at
    from viewers

)

select * from renamed
