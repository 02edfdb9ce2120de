with impressions as (

    select * from {{ ref('stg_movies__impressions') }}

),

clicks as (

    select * from {{ ref('stg_movies__clicks') }}

),

clicked as (

    select
        impressions.impression_id,
        impressions.viewer_id,
        impressions.movie_id,
        impressions.position,
        impressions.shown_at,
        clicks.click_id is not null as is_clicked
    from impressions
    left join clicks on impressions.impression_id = clicks.impression_id

)

select * from clicked
