with exposures as (

    select * from {{ source('movies', 'experiment_exposures') }}

),

viewers as (

    select * from {{ ref('stg_movies__viewers') }}

),

described as (

    select
        exposures.experiment_id,
        exposures.viewer_id as unit_id,
        exposures.variant_id,
        exposures.exposed_at,
        viewers.signed_up_at as first_seen_at,
        exposures.request_id,
        exposures.platform,
        viewers.country,
        viewers.signed_up_at > exposures.exposed_at - interval '28' day
            as is_new_viewer,
        exposures.loaded_at
    from exposures
    inner join viewers on exposures.viewer_id = viewers.viewer_id

)

select * from described
