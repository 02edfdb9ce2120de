-- Who they are, what they like (`taste`: shares of eight genres; `style`), how
-- often they come (`visit_rate`: chance of a visit per day), how readily they
-- click and pay.
create or replace temp table viewer as
with drawn as (

    select
        i::integer as viewer_ix,
        (i * 2654435761 + hash(getvariable('seed')) % 4294967296)
        % 4294967296 as viewer_id,
        uniform('viewer/cohort', i) as cohort,
        uniform('viewer/sign_up', i) as sign_up,
        uniform('viewer/country', i) as country_draw,
        uniform('viewer/platform', i) as platform_draw,
        uniform('viewer/second_device', i) < 0.04 as has_second_device,
        0.03 + 0.3 * power(uniform('viewer/visits', i), 2) as visit_rate,
        floor(6 * uniform('viewer/style', i))::integer as style,
        unit_noise('viewer/clicks', i, 0.5) as click_factor,
        unit_noise('viewer/spend', i, 0.6) as spend_factor,
        unit_noise('viewer/latency', i, 0.25) as latency_factor,
        list_transform(
            range(8),
            lambda genre_ix:
                power(-ln(uniform('viewer/taste', i * 8 + genre_ix)), 2)
        ) as appetite,
        uniform('viewer/onboarding', i) as onboarding
    from range(getvariable('users')) as viewers (i)

),

tasting as (

    select
        *,
        list_transform(appetite, lambda x: x / list_sum(appetite)) as taste
    from drawn

)

select
    viewer_ix,
    viewer_id::bigint as viewer_id,
    -- 75 % signed up before the log begins, 10 % before the experiments, 15 %
    -- during them.
    case
        when cohort < 0.75
            then
                getvariable('log_start_at')
                - to_seconds(1 + floor(46656000 * sign_up)::bigint)
        when cohort < 0.85
            then
                getvariable('log_start_at')
                + to_seconds(floor(
                    epoch(getvariable('start_at') - getvariable('log_start_at'))
                    * sign_up
                )::bigint)
        else
            getvariable('start_at')
            + to_seconds(floor(
                epoch(getvariable('end_at') - getvariable('start_at')) * sign_up
            )::bigint)
    end as signed_up_at,
    case
        when country_draw < 0.4 then 'US'
        when country_draw < 0.6 then 'IN'
        when country_draw < 0.75 then 'BR'
        when country_draw < 0.9 then 'DE'
        else 'JP'
    end as country,
    case
        when platform_draw < 0.45 then 'web'
        when platform_draw < 0.8 then 'android'
        else 'ios'
    end as platform,
    has_second_device,
    visit_rate,
    style,
    click_factor,
    spend_factor,
    latency_factor,
    taste,
    -- Asked at sign-up; half of them name what they like best.
    case
        when onboarding < 0.5 then list_position(taste, list_max(taste)) - 1
        else floor(8 * (onboarding - 0.5) / 0.5)::integer
    end as favourite_genre_ix
from tasting;
