"""Rows of a shop with late, duplicated and deleted events, the same for every engine."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

START = datetime(2026, 3, 23, tzinfo=UTC)
RAMPED = datetime(2026, 3, 26, tzinfo=UTC)
FIRST_READ = date(2026, 3, 28)
"""The analysis date of the first build: the clocks of Berlin change on the next day."""
SECOND_READ = date(2026, 4, 3)
INJECTED = (
    "'); drop table raw.orders; -- \" \\ %s %(n)s {{ this }} {% if %} $$ /* 日本 \u202e \t\n\x01"
)
"""Text that is SQL, a format, a template or a control character to whoever does not quote it."""
OLD, NEW = 'it\'s "old"', f"new{' long' * 20} {INJECTED}"
COUNTRIES = ("日本", INJECTED, "d'e", "all", "", None, "x" * 300)
APP = 'it\'s "app" 100 %s; --'

Row = tuple[Any, ...]


class Table(NamedTuple):
    """A raw table.

    Attributes:
        columns: Name -> type, in words that every engine knows.
        rows: Its rows.
    """

    columns: Mapping[str, str]
    rows: Sequence[Row]


COLUMNS = {
    "exposure log": {
        "experiment": "varchar",
        "Unit Key": "varchar",
        "variant": "varchar",
        "at": "timestamptz",
        "first seen": "timestamptz",
        "country": "varchar",
        "Score": "double precision",
    },
    "orders": {
        "order_id": "bigint",
        "Buyer": "varchar",
        "ordered_at": "timestamp",
        "Order Value": "double precision",
        "sku": "varchar",
        "creator": "varchar",
        "channel": "varchar",
    },
    "visits": {
        "user_id": "bigint",
        "visited_at": "timestamptz",
        "latency_ms": "double precision",
        "is_mobile": "boolean",
    },
}


def worlds(users: int = 200, seed: int = 20260323) -> tuple[dict[str, Table], dict[str, Table]]:
    """The raw tables before the first build, and as they are afterwards.

    Afterwards there are later days, but late events, duplicates, deleted and edited rows and one
    exposure of the days before as well.
    """
    rng = random.Random(seed)
    rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    for user in range(users):
        _user(rng, user, rows)
    time = {"exposure log": 3, "orders": 2, "visits": 1}
    first: dict[str, list[Row]] = {}
    for name, column in time.items():
        until = datetime(2026, 3, 29, tzinfo=None if name == "orders" else UTC)
        first[name] = [row for row in rows[name] if row[column] < until and rng.random() > 0.03]
    rows["visits"] += rng.sample(rows["visits"], 20)
    rows["orders"] += rng.sample(rows["orders"], 10)
    del rows["visits"][5::40]
    return tuple({n: Table(COLUMNS[n], t[n]) for n in COLUMNS} for t in (first, rows))  # type: ignore[return-value]


def _user(rng: random.Random, user: int, rows: dict[str, list[Row]]) -> None:
    at = START + timedelta(minutes=rng.randrange(8 * 1440), microseconds=rng.randrange(10**6))
    variant = (OLD, NEW)[rng.random() < (0.2 if at < RAMPED else 0.5)]
    first_seen = at - timedelta(days=rng.randrange(30)) if user % 5 else at
    facts = (first_seen, COUNTRIES[user % len(COUNTRIES)], rng.gauss(0.0, 1.0))
    unit = str(user) if user % 11 else f"{user}{INJECTED}"
    rows["exposure log"].append(("ramp", unit, variant, at, *facts))
    rows["exposure log"].append(("checkout", unit, (OLD, NEW)[user % 2], at, *facts))
    if user % 9 == 0:
        again = at + timedelta(hours=20)
        rows["exposure log"].append(("checkout", unit, NEW, again, *facts))
    rows["exposure log"].append(("looks", unit, "abc"[user % 3], at, *facts))
    for k in range(rng.randrange(6)):
        seen = at + timedelta(minutes=rng.randrange(-9000, 6000)) if k else at
        latency = round(rng.lognormvariate(5.0, 0.5), 3)
        rows["visits"].append((user, seen, latency, rng.random() < 0.4))
        if rng.random() < 0.6:
            ordered = (seen + timedelta(minutes=rng.randrange(2000))).replace(tzinfo=None)
            sku = f"{INJECTED}{rng.randrange(6)}"
            creator = rng.choice(("ann", "bo", INJECTED, None))
            amount = round(rng.lognormvariate(2.0, 1.0), 2)
            order = user * 10 + k
            channel = rng.choice((APP, INJECTED, None))
            rows["orders"].append((order, unit, ordered, amount, sku, creator, channel))
