-- The tables as the product's event pipeline would land them. All timestamps
-- are UTC.
create schema if not exists raw;

create or replace table raw.viewers (
    viewer_id bigint not null,
    signed_up_at timestamp not null,
    country varchar not null,
    platform varchar not null,
    favourite_genre varchar not null,
    loaded_at timestamp not null
);

create or replace table raw.movies (
    movie_id integer not null,
    title varchar not null,
    creator_id integer not null,
    release_year integer not null,
    runtime_minutes integer not null,
    price double not null
);

create or replace table raw.movie_genres (
    movie_id integer not null,
    genre varchar not null,
    is_primary boolean not null
);

create or replace table raw.ratings (
    viewer_id bigint not null,
    movie_id integer not null,
    rating tinyint not null,
    rated_at timestamp not null
);

create or replace table raw.requests (
    request_id bigint not null,
    viewer_id bigint not null,
    bucketing_id varchar not null,
    surface varchar not null,
    model varchar not null,
    platform varchar not null,
    country varchar not null,
    requested_at timestamp not null,
    loaded_at timestamp not null
);

create or replace table raw.experiment_exposures (
    experiment_id varchar not null,
    viewer_id bigint not null,
    bucketing_id varchar not null,
    variant_id varchar not null,
    request_id bigint not null,
    platform varchar not null,
    exposed_at timestamp not null,
    loaded_at timestamp not null
);

create or replace table raw.page_loads (
    request_id bigint not null,
    viewer_id bigint not null,
    latency_ms double not null,
    rendered_at timestamp not null,
    loaded_at timestamp not null
);

create or replace table raw.impressions (
    impression_id bigint not null,
    request_id bigint not null,
    viewer_id bigint not null,
    movie_id integer not null,
    position tinyint not null,
    shown_at timestamp not null,
    loaded_at timestamp not null
);

create or replace table raw.clicks (
    click_id bigint not null,
    impression_id bigint not null,
    viewer_id bigint not null,
    clicked_at timestamp not null,
    loaded_at timestamp not null
);

create or replace table raw.watches (
    watch_id bigint not null,
    click_id bigint not null,
    viewer_id bigint not null,
    movie_id integer not null,
    minutes_watched double not null,
    started_at timestamp not null,
    loaded_at timestamp not null
);

create or replace table raw.orders (
    order_id bigint not null,
    click_id bigint not null,
    viewer_id bigint not null,
    movie_id integer not null,
    amount double not null,
    ordered_at timestamp not null,
    loaded_at timestamp not null
);

create or replace table raw.true_effects (
    experiment_id varchar not null,
    treatment_variant_id varchar not null,
    control_variant_id varchar not null,
    metric_name varchar not null,
    true_effect_abs double not null,
    true_effect_rel double not null,
    control_mean double not null
);
