with clicks as (

    select * from {{ source('movies', 'clicks') }}

),

renamed as (

    select
        click_id,
        impression_id,
        viewer_id,
        clicked_at,
        loaded_at
    from clicks

)

select * from renamed
