with orders as (

    select * from {{ ref('stg_movies__orders') }}

),

placed as (

    select
        order_id,
        viewer_id,
        movie_id,
        amount,
        ordered_at
    from orders

)

select * from placed
