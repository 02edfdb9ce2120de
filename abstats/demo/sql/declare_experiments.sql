-- `weight_from` and `weight_to`: the part of [0, 1) that an arm owns.
create or replace temp table arm (
    experiment_id varchar,
    variant_id varchar,
    surface varchar,
    model varchar,
    weight_from double,
    weight_to double,
    is_control boolean,
    slowness double,
    window_days integer
);

create or replace temp table true_metric (
    metric_name varchar,
    numerator varchar,
    denominator varchar,
    window_days integer,
    from_day integer
);
