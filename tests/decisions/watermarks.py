"""The last event of each fact, as `int_fact_watermarks` has it."""

from datetime import datetime

import pyarrow as pa

SCHEMA = pa.schema([("fact", pa.string()), ("last_at", pa.timestamp("us"))])


def watermarks_table(**last_at: datetime | None) -> pa.Table:
    """One row per fact."""
    rows = [{"fact": fact, "last_at": moment} for fact, moment in last_at.items()]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


FRESH = watermarks_table(fct_events=datetime(2026, 2, 10, 23, 59))
"""The one fact of tests/analysis/worlds.py has events up to its analysis date."""
