"""Raw tables of a small shop, by SQL that gives the same rows every time."""


def shop(units: int = 400) -> tuple[str, ...]:
    """Statements that load exposures, orders and visits of `units` users."""
    return (
        "create schema if not exists raw",
        f"""
        create table raw.exposures as
        select
            'checkout' as experiment_id,
            i as user_id,
            case when i % 2 = 0 then 'two_pages' else 'one_page' end as variant_id,
            timestamp '2026-01-05' + to_minutes(cast(i * 7919 % 10000 as int)) as exposed_at
        from range({units}) as users(i)
        """,
        # Ten orders per user, some before the exposure; amounts of no special shape.
        f"""
        create table raw.orders as
        select
            i as user_id,
            timestamp '2025-12-25' + to_minutes(cast((i * 31 + k * 3571) % 25900 as int))
                as ordered_at,
            cast((i * 17 + k * 29) % 97 + (i % 2) * 5 as double) as amount,
            (i + k) % 3 + 1 as items
        from range({units}) as users(i), range(10) as orders(k)
        """,
        f"""
        create table raw.visits as
        select
            i as user_id,
            timestamp '2026-01-05' + to_minutes(cast(i * 613 % 10000 as int)) as visited_at
        from range({units}) as users(i)
        """,
    )
