select 'events' as fact, cast((event_at) as date) as event_date, cast(count(*) as bigint) as n_events, cast(sum(bitand(hash((event_at), label, user_id, value), 4294967295)) as bigint) as fingerprint from events where (event_at) is not null group by 2
union all
select 'orders' as fact, cast((event_at) as date) as event_date, cast(count(*) as bigint) as n_events, cast(sum(bitand(hash((event_at), user_id, weight), 4294967295)) as bigint) as fingerprint from orders where (event_at) is not null group by 2
