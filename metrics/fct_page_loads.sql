with page_loads as (

    select * from {{ ref('stg_movies__page_loads') }}

),

rendered as (

    select
        request_id,
        viewer_id,
        latency_ms,
        rendered_at
    from page_loads

)

select * from rendered
