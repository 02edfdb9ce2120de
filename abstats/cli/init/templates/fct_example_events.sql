-- EXAMPLE, made by `abstats init`: replace it by a fact of your own.
-- A fact has one row per event: the unit, the time of the event (UTC), and what is measured.
-- This one has no rows, so that the project builds before there is data.
select
    cast(1 as bigint) as event_id,
    cast('u1' as varchar(255)) as user_id,
    cast('2026-01-05 00:00:00' as timestamp) as happened_at,
    cast(9.99 as double precision) as revenue
where 1 = 0
