"""The SQL of the method notes gives inference what it asks for."""

import re
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from abstats.inference import GiniArm

from .gini_worlds import gini
from .quantile_worlds import curve, latencies, pooled_grid

NOTES = Path(__file__).resolve().parents[2] / "docs" / "methods" / "inference.md"


def statement(section):
    """The section's SQL block."""
    text = NOTES.read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    return re.search(r"```sql\n(.*?)```", text, re.DOTALL).group(1)


def test_the_curves_of_both_arms_are_those_of_the_rows() -> None:
    rng = np.random.default_rng(1)
    arms = {"a": latencies(rng, 60), "b": latencies(rng, 40)}
    arms = {arm: (unit, np.ceil(values), n) for arm, (unit, values, n) in arms.items()}
    idle = 5  # users without an event
    grid = pooled_grid(np.concatenate([v for _, v, _ in arms.values()]), 0.9, 20)[:-1]
    events = pa.table(
        {
            "arm": [arm for arm, (unit, _, _) in arms.items() for _ in unit],
            "unit_id": [int(u) for unit, _, _ in arms.values() for u in unit],
            "value": np.concatenate([values for _, values, _ in arms.values()]),
        }
    )
    users = [(arm, u) for arm, (_, _, n) in arms.items() for u in range(n + idle)]
    with duckdb.connect() as connection:
        connection.register("events", events)
        connection.register(
            "units", pa.table({"arm": [a for a, _ in users], "unit_id": [u for _, u in users]})
        )
        connection.register("grid", pa.table({"g": grid}))
        rows = connection.sql(statement("Quantiles")).fetchnumpy()
    for arm, (unit, values, n) in arms.items():
        ours, here = curve(unit, values, n + idle, grid), rows["arm"] == arm
        for name in ("n", "mean_at", "mean_at_or_below", "var_at_or_below", "cov_with_events"):
            got = np.asarray(rows[name][here], dtype=float)
            assert got == pytest.approx(np.broadcast_to(getattr(ours, name), got.shape)), name
        assert rows["mean_events"][here][0] == pytest.approx(ours.mean_events)
        assert rows["var_events"][here][0] == pytest.approx(ours.var_events)


def test_the_coefficients_of_blocks_and_groups_are_those_of_the_totals() -> None:
    rng = np.random.default_rng(2)
    size = {"control": 250, "treatment": 110}
    arm_of = np.repeat(list(size), list(size.values()))
    user, creator = rng.integers(0, 360, 2_000), rng.zipf(1.6, 2_000) % 40
    amount = rng.integers(1, 5, 2_000)
    with duckdb.connect() as connection:
        connection.register(
            "units", pa.table({"arm": arm_of.tolist(), "unit_id": list(range(360))})
        )
        events = {"unit_id": user, "creator_id": creator, "amount": amount}
        connection.register("events", pa.table(events))
        text = statement("Gini")
        rows = connection.sql(text).fetchnumpy()
        dealt = connection.sql(
            text.split("parts as (")[0].rstrip().rstrip(",") + " select * from grouped"
        ).fetchnumpy()
    everyone = np.unique(creator)
    blocks = {"control": 2, "treatment": 1}
    arms = {}
    for arm, m in blocks.items():
        table = np.array([gini_of(dealt, arm, b, events, everyone) for b in range(m)])
        of_arm = rows["arm"] == arm
        assert rows["gini"][of_arm] == pytest.approx(table.ravel(), rel=1e-12)
        arms[arm] = GiniArm(size[arm], 110, table[:, 0], table[:, 1:])
        sizes = np.unique(dealt["unit_group"][dealt["arm"] == arm], return_counts=True)[1]
        assert np.ptp(sizes) <= m
    assert arms["control"].variance > 0.0


def gini_of(dealt, arm, block, events, everyone):
    """G of a block and without each of its groups, by adding up what its users gave."""
    values = []
    for left_out in range(-1, 20):
        kept = (dealt["arm"] == arm) & (dealt["block"] == block)
        kept &= dealt["unit_group"] != left_out
        mine = np.isin(events["unit_id"], dealt["unit_id"][kept])
        values.append(
            gini(
                np.array(
                    [events["amount"][mine & (events["creator_id"] == c)].sum() for c in everyone],
                    dtype=float,
                )
            )
        )
    return values
