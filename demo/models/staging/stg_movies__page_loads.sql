with page_loads as (

    select * from {{ source('movies', 'page_loads') }}

),

renamed as (

    select
        request_id,
        viewer_id,
        latency_ms,
        rendered_at,
        loaded_at
    from page_loads

)

select * from renamed
