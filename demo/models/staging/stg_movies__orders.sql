with orders as (

    select * from {{ source('movies', 'orders') }}

),

renamed as (

    select
        order_id,
        click_id,
        viewer_id,
        movie_id,
        amount,
        ordered_at,
        loaded_at
    from orders

)

select * from renamed
