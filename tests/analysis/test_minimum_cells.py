"""Cells of too few units are withheld, and cannot be had by subtraction either."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.analysis.minimum_cells import withheld_cells
from abstats.analysis.results import estimate_results
from abstats.analysis.schemas import RESULTS_SCHEMA
from abstats.analysis.segment_tests import segment_tests
from tests.analysis.worlds import DAY, STAMP, a_metric, an_experiment, moment_rows, moments_table

MINIMUM = 10
# What a withheld row still says: what was asked, of whom, and that there is no answer.
SAID = {"experiment_id", "metric_name", "definition_hash", "analysis_date", "estimator", "role"}
SAID |= {"treatment_variant_id", "control_variant_id", "segment_name", "segment_value"}
SAID |= {"is_winsorised", "is_headline", "metric_kind", "direction", "hypothesis", "test"}
SAID |= {"correction", "family", "family_size", "alpha", "is_interim", "status", "status_reason"}
SAID |= {"spec_hash", "code_version", "computed_at"}

sizes = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 40), max_size=8)


@settings(deadline=None, max_examples=60)
@given(sizes=sizes, minimum=st.integers(0, 20))
def test_what_is_withheld_has_enough_units_together_or_nothing_is_shown_beside_it(sizes, minimum):
    withheld = withheld_cells(sizes, minimum)
    shown = {name: n for name, n in sizes.items() if name not in withheld}
    assert all(n == 0 or n >= minimum for n in shown.values())
    left_by_subtraction = sum(sizes.values()) - sum(shown.values())
    assert left_by_subtraction == 0 or left_by_subtraction >= minimum or not any(shown.values())


@settings(deadline=None, max_examples=60)
@given(sizes=sizes, minimum=st.integers(0, 20))
def test_no_cell_is_withheld_without_need(sizes, minimum):
    withheld = withheld_cells(sizes, minimum)
    large = [name for name in withheld if sizes[name] >= minimum]
    assert len(large) <= 1
    if large:
        small = sum(sizes[name] for name in withheld if name not in large)
        assert 0 < small < minimum
        assert sizes[large[0]] == min(n for n in sizes.values() if n >= minimum)


@settings(deadline=None, max_examples=60)
@given(sizes=sizes, minimum=st.sampled_from([0, 1]))
def test_nought_and_one_withhold_nothing(sizes, minimum):
    assert withheld_cells(sizes, minimum) == frozenset()


CLICKS = a_metric("clicks")
EXPERIMENT = an_experiment(
    variants={"a": 0.4, "b": 0.3, "c": 0.3}, control="a", segments=["country"]
)


def world(units):
    """Moments of everybody and of each country; `units` are counts by variant and country."""
    blocks = []
    for variant, by_country in units.items():
        values = {
            country: [[float(7 * i % 5)] for i in range(n)] for country, n in by_country.items()
        }
        everybody = [row for rows in values.values() for row in rows]
        for country, rows in {"all": everybody, **values}.items():
            if rows:
                segment = ("all", "all") if country == "all" else ("country", country)
                blocks.append(moment_rows(CLICKS, variant, ["y"], rows, segment=segment))
    return moments_table(*blocks)


def computed(function, moments, minimum=MINIMUM):
    return function(
        [EXPERIMENT],
        {"clicks": CLICKS},
        moments,
        analysis_dates={EXPERIMENT.name: DAY},
        minimum_cell_size=minimum,
        **STAMP,
    ).to_pylist()


def statuses(rows):
    return {(row["treatment_variant_id"], row["segment_value"]): row["status"] for row in rows}


MOST, FEW = {"jp": 50, "pt": 40, "no": 30}, {"jp": 50, "pt": 40, "no": 9}


def test_a_row_with_too_few_units_of_either_arm_shows_no_number():
    rows = computed(estimate_results, world({"a": MOST, "b": FEW, "c": MOST}))
    withheld = [row for row in rows if row["status"] == "withheld"]
    assert {(r["treatment_variant_id"], r["segment_value"]) for r in withheld} == {
        ("b", "no"),
        ("b", "pt"),
    }
    for row in withheld:
        assert {name for name, value in row.items() if value is not None} <= SAID
        assert row["is_headline"]
        assert "fewer than 10 units" in row["status_reason"]
    assert set(RESULTS_SCHEMA.names) > SAID


def test_the_next_smallest_goes_with_one_that_a_total_would_show():
    # pt of b has 40 units: taken from everybody with jp it would leave the nine.
    rows = computed(estimate_results, world({"a": MOST, "b": FEW, "c": MOST}))
    assert statuses(rows)["b", "pt"] == "withheld"
    assert statuses(rows)["b", "jp"] == "ok"
    # Two small ones that have ten units together need no third.
    two = {"jp": 50, "pt": 6, "no": 6}
    rows = computed(estimate_results, world({"a": MOST, "b": two, "c": MOST}))
    assert statuses(rows)["b", "jp"] == "ok"


def test_another_pair_keeps_its_rows():
    rows = computed(estimate_results, world({"a": MOST, "b": FEW, "c": MOST}))
    assert all(statuses(rows)["c", country] == "ok" for country in MOST)


def test_an_experiment_of_few_units_shows_none_of_them():
    rows = computed(estimate_results, world({"a": {"jp": 9}, "b": {"jp": 30}, "c": {"jp": 30}}))
    assert {row["status"] for row in rows} == {"withheld"}


def test_an_arm_without_units_hides_nobody():
    rows = computed(estimate_results, world({"a": MOST, "b": MOST}))
    assert {statuses(rows)["c", value] for value in ("all", *MOST)} == {"no_data"}
    assert {statuses(rows)["b", value] for value in ("all", *MOST)} == {"ok"}


def test_what_is_withheld_is_in_no_family():
    # The adjusted p-values of a family would tell of the ones that are not shown.
    moments = world({"a": MOST, "b": FEW, "c": MOST})
    for row in computed(estimate_results, moments):
        if row["status"] == "withheld":
            assert row["p_value_adjusted"] is None


@pytest.mark.parametrize("minimum", [0, 1])
def test_everything_is_shown_where_the_minimum_is_off(minimum):
    rows = computed(estimate_results, world({"a": MOST, "b": FEW, "c": MOST}), minimum)
    assert {row["status"] for row in rows} == {"ok"}


def test_the_test_between_values_leaves_withheld_ones_out():
    alone, with_few = {"jp": 50, "pt": 40}, {"jp": 50, "pt": 40, "no": 12, "se": 4, "dk": 4}
    moments = world({"a": with_few, "b": with_few, "c": with_few})
    found = {row["treatment_variant_id"]: row for row in computed(segment_tests, moments)}
    # dk and se have eight together: no goes with them.
    expected = computed(segment_tests, world({"a": alone, "b": alone, "c": alone}))
    for row in expected:
        same = found[row["treatment_variant_id"]]
        assert (same["statistic"], same["degrees_of_freedom"]) == (row["statistic"], 1)


counts = st.fixed_dictionaries(
    {variant: st.fixed_dictionaries({c: st.integers(0, 25) for c in MOST}) for variant in "abc"}
)


@settings(deadline=None, max_examples=60)
@given(units=counts)
def test_rows_of_an_arm_never_leave_a_few_of_its_units(units):
    rows = computed(estimate_results, world(units))
    for variant, other in product("abc", "abc"):
        shown = {
            row["segment_value"]
            for row in rows
            if {variant, other} == {row["treatment_variant_id"], row["control_variant_id"]}
            and row["status"] != "withheld"
        }
        if "all" not in shown:
            continue
        left = sum(n for country, n in units[variant].items() if country not in shown)
        assert left == 0 or left >= MINIMUM
