with impressions as (

    select * from {{ source('movies', 'impressions') }}

),

renamed as (

    select
        impression_id,
        request_id,
        viewer_id,
        movie_id,
        position,
        shown_at,
        loaded_at
    from impressions

)

select * from renamed
