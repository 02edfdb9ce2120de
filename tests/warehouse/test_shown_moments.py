"""The public moments show no cell of few units, and none can be had from what is shown.

The attacker knows every row of the table and which units the results count: everybody, and each
value of a segment that is not withheld there. What she can have from them by adding and
subtracting is a question of linear algebra, which answers without knowing the rule.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from abstats.analysis.minimum_cells import withheld_cells
from tests.warehouse.rendered_models import Declared, rendered
from tests.warehouse.worlds import START_AT

MINIMUM = 10
DAY = START_AT.date()
NOTHING_DECLARED = Declared((), (), {}, {})
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("experiment_id", "variant_id", "segment_name")),
        *((name, pa.string()) for name in ("segment_value", "stratum", "metric_name")),
        ("definition_hash", pa.string()),
        ("is_winsorised", pa.bool_()),
        ("analysis_date", pa.date32()),
        ("column_a", pa.string()),
        ("column_b", pa.string()),
        ("n", pa.int64()),
    ]
)
Place = tuple[str, str, str]
"""Segment, its value and the stratum."""
Units = Mapping[tuple[str, str, str], int]
"""How many units are on a platform, in a country and in a stratum."""


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect(config={"threads": 1}) as opened:
        yield opened


def model(minimum: int) -> str:
    declared = replace(NOTHING_DECLARED, vars={"minimum_cell_size": minimum})
    return rendered(declared, "fct_experiment_moments", "2026-01-20", is_incremental=False).sql


SQL = {minimum: model(minimum) for minimum in (0, 1, MINIMUM)}


def cells_of(units: Units) -> dict[Place, int]:
    """Units of each cell of both segments and of everybody."""
    cells: dict[Place, int] = {}
    for (platform, country, stratum), n in units.items():
        for segment, value in (("all", "all"), ("platform", platform), ("country", country)):
            place = segment, value, stratum
            cells[place] = cells.get(place, 0) + n
    return {place: n for place, n in cells.items() if n > 0}


def shown(connection, cells: Mapping[Place, int], minimum: int = MINIMUM) -> set[Place]:
    """The cells that the model shows of one variant, among rows of another that are all large."""
    rows = [
        ("exp", variant, *place, "m", "h", False, DAY, a, b, n + more)
        for variant, more in (("a", 0), ("b", 1000))
        for place, n in cells.items()
        for a, b in (("x_y", "x_y"), ("x_y", "y"), ("y", "y"))
    ]
    columns = zip(*rows, strict=True) if rows else ((),) * len(SCHEMA)
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], SCHEMA)
    connection.register("int_experiment_cell_moments", table)
    found = connection.sql(SQL[minimum]).fetchall()
    assert sum(row[1] == "b" for row in found) == len(rows) / 2
    mine = [row for row in found if row[1] == "a"]
    assert len(mine) == 3 * len({row[2:5] for row in mine}), "a cell is shown whole or not at all"
    return {row[2:5] for row in mine}


def can_be_had(known: list[np.ndarray], wanted: np.ndarray) -> bool:
    """Whether a sum of units follows from known sums."""
    if not known:
        return False
    matrix = np.array(known)
    combination = np.linalg.lstsq(matrix.T, wanted, rcond=None)[0]
    return bool(np.allclose(matrix.T @ combination, wanted, atol=1e-8))


def sums_of(keys: list[tuple[str, str, str]], place: Place, is_total: bool) -> np.ndarray:
    """The units of a cell, or of a segment's value in all strata, as a sum of the finest cells."""
    segment, value, stratum = place
    at = {"platform": 0, "country": 1}
    return np.array(
        [
            float(
                (segment == "all" or key[at[segment]] == value) and (is_total or key[2] == stratum)
            )
            for key in keys
        ]
    )


counts = st.one_of(st.just(0), st.integers(1, 12), st.integers(10, 60))
worlds = st.fixed_dictionaries(
    {
        (platform, country, stratum): counts
        for platform in ("ios", "web")
        for country in ("jp", "no", "pt")
        for stratum in ("s", "t", "u")
    }
)
HIDDEN_STRATUM = {
    ("ios", "jp", "s"): 3,
    ("ios", "no", "t"): 20,
    ("web", "pt", "u"): 90,
    ("ios", "pt", "u"): 60,
}


@settings(max_examples=80, deadline=None)
@given(units=worlds)
@example(units=HIDDEN_STRATUM)
def test_no_few_units_can_be_had_by_subtraction(connection, units):
    cells = cells_of(units)
    visible = shown(connection, cells)
    # What is withheld has no rows, so that nobody knows where there are no units.
    present = [sorted({key[i] for key, n in units.items() if n > 0}) for i in range(3)]
    keys = list(product(*present))
    totals: dict[tuple[str, str], int] = {}
    for (segment, value, _), n in cells.items():
        totals[segment, value] = totals.get((segment, value), 0) + n
    known = [sums_of(keys, place, False) for place in visible]
    for segment in ("all", "platform", "country"):
        sizes = {value: n for (name, value), n in totals.items() if name == segment}
        for value in sizes.keys() - withheld_cells(sizes, MINIMUM):
            known.append(sums_of(keys, (segment, value, ""), True))
    for place, n in cells.items():
        if n < MINIMUM:
            assert place not in visible
            assert not can_be_had(known, sums_of(keys, place, False)), place
    for (segment, value), n in totals.items():
        if n < MINIMUM:
            assert not can_be_had(known, sums_of(keys, (segment, value, ""), True))


def test_large_cells_are_all_shown(connection):
    cells = cells_of({key: 10 + i for i, key in enumerate(HIDDEN_STRATUM)})
    assert shown(connection, cells) == set(cells)


def test_without_strata_a_small_value_takes_the_next_smallest_with_it(connection):
    cells = cells_of({("ios", "jp", "all"): 9, ("ios", "no", "all"): 50, ("web", "pt", "all"): 30})
    visible = {value for segment, value, _ in shown(connection, cells) if segment == "country"}
    assert visible == {"no"}
    assert {value for segment, value, _ in shown(connection, cells) if segment == "platform"} == {
        "ios",
        "web",
    }


@pytest.mark.parametrize("minimum", [0, 1])
def test_everything_is_shown_where_the_minimum_is_off(connection, minimum):
    cells = cells_of(HIDDEN_STRATUM)
    assert shown(connection, cells, minimum) == set(cells)


@settings(max_examples=40, deadline=None)
@given(units=worlds)
def test_what_is_shown_without_strata_is_what_the_results_show(connection, units):
    cells = cells_of({(platform, country, "all"): n for (platform, country, _), n in units.items()})
    visible = shown(connection, cells)
    for segment in ("platform", "country"):
        sizes = {value: n for (name, value, _), n in cells.items() if name == segment}
        withheld = withheld_cells(sizes, MINIMUM)
        assert {v for name, v, _ in visible if name == segment} == sizes.keys() - withheld
