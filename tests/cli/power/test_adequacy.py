"""Which experiments `abstats validate` finds too small, on made-up warehouses."""

import ibis
import numpy as np
import pytest

from abstats.cli.power.adequacy import check_adequacy, declared_aims
from abstats.cli.power.baselines import MOMENTS
from abstats.cli.power.look_plan import LookPlan
from abstats.cli.power.pasts import Pasts
from abstats.cli.show.reading import Tables
from abstats.cli.show.relations import TableName
from abstats.inference.design import (
    BOTH_DIRECTIONS,
    Baseline,
    Margin,
    TestPlan,
    always_valid_inflation,
    comparison_alpha,
    detectable_effect,
    detectable_margin,
    power_of,
    sequential_inflation,
    units_needed,
)
from abstats.inference.sequential import Spending
from tests.analysis.worlds import a_metric, an_experiment
from tests.cli import warehouse

from .test_power import moment

CTR, ORDERS = a_metric("ctr"), a_metric("orders")
METRICS = {metric.name: metric for metric in (CTR, ORDERS)}
BASELINE = Baseline(10.0, 25.0)
PAST = an_experiment("past", start="2025-10-06", end="2025-11-03", metrics={"primary": ["ctr"]})
SIZES = {7: 1_000, 14: 1_600, 28: 2_400}


def asked(metrics=({"metric": "ctr", "minimum_effect": 0.05},), name="next", **more):
    return an_experiment(name, metrics={"primary": list(metrics)}, **more)


def built(*pasts, state="ended", metrics=(CTR,), sizes=SIZES, **changes):
    """A warehouse in which experiments have counted so many units of both variants by day."""
    rows = []
    for past in pasts:
        for metric in metrics:
            for day, n in sizes.items():
                of = {
                    "experiment_id": past.name,
                    "definition_hash": metric.definition_hash,
                    "analysis_date": past.start + np.timedelta64(day - 1, "D").item(),
                }
                rows += moment(metric.name, day, n, **of | changes)
    tables = warehouse.ship()
    tables["dim_experiments"] = [
        warehouse.experiment(
            past.name,
            spec=past.canonical,
            state=state,
            start_date=past.start,
            end_date=past.end,
        )
        for past in pasts
    ]
    tables[MOMENTS] = rows
    return tables


@pytest.fixture
def check(tmp_path):
    """The warnings for experiments, given a warehouse."""

    def run(tables, *specs):
        connection = ibis.duckdb.connect(warehouse.build(tmp_path, tables), read_only=True)
        try:
            names = {table: TableName(None, "main", table) for table in warehouse.TABLES}
            pasts = Pasts(Tables(connection, names), METRICS.values())
            return check_adequacy(list(declared_aims(specs, METRICS)), pasts)
        finally:
            connection.disconnect()

    return run


def only(found):
    assert found.unchecked == ()
    (problem,) = found.warnings
    return problem


def test_too_few_units_are_told_with_power_detectable_change_and_days(check):
    problem = only(check(built(PAST), asked()))
    plan = TestPlan()
    power = power_of(BASELINE, plan, 2_400, 0.5)
    smallest = detectable_effect(BASELINE, plan, 2_400) / 10
    needed = units_needed(BASELINE, plan, 0.5)
    more = int(np.ceil((needed - 2_400) / (800 / 14)))
    assert problem.key == "metrics.primary[0].minimum_effect"
    assert str(problem) == (
        f"metrics.primary[0].minimum_effect == 0.05 for 'ctr' is detected with a power of "
        f"{100 * power:.3g} % at the end of 28 days, 80 % is asked; a change of "
        f"{100 * smallest:.3g} % has it. {more} more days would do: {needed:,} units of all "
        "variants are needed, 2,400 are expected, as in past."
    )


def test_enough_units_are_no_matter(check):
    effect = detectable_effect(BASELINE, TestPlan(), 2_400) / 10
    aim = {"metric": "ctr", "minimum_effect": effect * 1.001}
    assert check(built(PAST), asked([aim])) == ((), ())
    assert check(built(PAST), asked(["ctr"])) == ((), ())


def test_an_equivalence_needs_power_to_be_shown_if_nothing_changes(check):
    for aim, relative in (
        ({"metric": "ctr", "equivalence_margin": 0.05}, True),
        ({"metric": "ctr", "absolute_equivalence_margin": 0.5}, False),
    ):
        problem = only(check(built(PAST), asked([aim])))
        plan = TestPlan(margin=Margin(0.05 if relative else 0.5, relative, BOTH_DIRECTIONS))
        power = power_of(BASELINE, plan, 2_400, 0.0)
        margin = detectable_margin(BASELINE, plan, 2_400)
        told = f"{100 * margin:.3g} %" if relative else f"{margin:.3g}"
        assert f"is shown, if nothing changes, with a power of {100 * power:.3g} %" in str(problem)
        assert f"80 % is asked; a margin of {told} has it." in str(problem)
        assert f"{units_needed(BASELINE, plan):,} units" in str(problem)


def test_correction_split_and_direction_are_those_of_the_spec(check):
    spec = asked(
        [{"metric": "ctr", "minimum_effect": 0.05}, "orders"],
        variants={"control": 0.6, "a": 0.3, "b": 0.1},
        analysis={"correction": "holm", "power": 0.9, "alpha": 0.1},
    )
    alpha = comparison_alpha(0.1, "holm", metrics=2, weights=(0.6, 0.3, 0.1))
    plan = TestPlan(0.6, 0.1, alpha, 0.9)
    told = str(only(check(built(PAST), spec)))
    assert f"a power of {100 * power_of(BASELINE, plan, 2_400, 0.5):.3g} %" in told
    assert "90 % is asked" in told
    assert f"{units_needed(BASELINE, plan, 0.5):,} units" in told


@pytest.mark.parametrize(
    ("design", "inflation"),
    [
        (
            {"method": "group_sequential", "looks": 4, "spending": "pocock"},
            lambda: sequential_inflation(4, Spending("pocock"), alpha=0.05, power=0.8),
        ),
        (
            {"method": "group_sequential", "looks": 4, "futility": "pocock"},
            lambda: sequential_inflation(
                4,
                Spending("obrien_fleming"),
                alpha=0.05,
                power=0.8,
                futility=Spending("pocock"),
            ),
        ),
        (
            {"method": "always_valid", "planned_units": 3_000},
            lambda: always_valid_inflation(28, alpha=0.05, power=0.8, tuned_alpha=0.05),
        ),
    ],
)
def test_looks_cost_units(check, design, inflation):
    window = {"window": {"days": 7}}
    past = an_experiment("past", start="2025-10-06", end="2025-11-03", **window)
    past = past.model_copy(update={"metrics": PAST.metrics})
    spec = asked(analysis={"sequential": design}, **window)
    told = str(only(check(built(past, sizes={5: 0, **SIZES}), spec)))
    plan = TestPlan(inflation=inflation())
    assert f"{units_needed(BASELINE, plan, 0.5):,} units" in told
    if "planned_units" in design:
        assert f"a power of {100 * power_of(BASELINE, plan, 3_000, 0.5):.3g} %" in told
        assert "3,000 are planned; values are those of past." in told
        assert "days would do" in told


def test_looks_are_planned_at_the_shares_of_days_that_are_mature():
    spec = asked(
        analysis={"sequential": {"method": "group_sequential", "looks": ["2026-01-20"]}},
        window={"days": 7},
    )
    looks = LookPlan.declared(spec, [CTR], CTR)
    assert looks.fractions == pytest.approx((9 / 28, 1.0))
    assert LookPlan.declared(asked(), [CTR], CTR).is_single


def test_a_ramp_counts_its_first_units_for_less(check):
    """A quarter of the units come at 95/5: 1/.95 + 1/.05 = 21.05 instead of 4."""
    spec = asked(
        allocation=[
            {"from": "2026-01-05", "weights": {"control": 0.95, "new": 0.05}},
            {"from": "2026-01-12", "weights": {"control": 0.5, "new": 0.5}},
        ]
    )
    first, whole = 1_000, 2_400
    worth = 4 * whole / (first * (1 / 0.95 + 1 / 0.05) + (whole - first) * 4)
    plan = TestPlan(inflation=1 / worth)
    told = str(only(check(built(PAST), spec)))
    assert f"a power of {100 * power_of(BASELINE, plan, 2_400, 0.5):.3g} %" in told


def test_the_experiment_that_began_last_is_the_baseline_and_its_own_first_week_is_none(check):
    later = an_experiment(
        "later", start="2025-11-06", end="2025-12-04", metrics={"primary": ["ctr"]}
    )
    aims = [{"metric": "ctr", "minimum_effect": 0.02}]
    told = str(only(check(built(PAST, later), asked(aims))))
    assert told.endswith("as in later.")
    own = asked(aims, name="past", start="2025-10-06", end="2025-11-03")
    young = built(own, later, state="running", sizes={3: 500, 6: 900})
    assert str(only(check(young, own))).endswith("as in later.")
    grown = built(own, later, state="running", sizes={3: 500, 8: 900})
    assert str(only(check(grown, own))).endswith("as in past.")


def test_an_experiment_that_is_over_is_left_alone(check):
    own = asked(name="past", start="2025-10-06", end="2025-11-03")
    assert check(built(own), own) == ((), ())


@pytest.mark.parametrize(
    ("tables", "spec"),
    [
        (built(), asked()),
        (built(PAST, metrics=(ORDERS,)), asked()),
        (built(PAST, definition_hash="another"), asked()),
        (built(PAST), asked(window={"days": 7})),
        (built(PAST), asked(unit="session")),
        (built(PAST, sizes={7: 20}), asked()),
    ],
    ids=["nothing", "another metric", "another definition", "window", "unit", "few units"],
)
def test_without_a_baseline_it_is_said_that_nothing_was_checked(check, tables, spec):
    found = check(tables, spec)
    assert found.warnings == ()
    (sentence,) = found.unchecked
    assert sentence.startswith("Power was not checked for ctr (next): the warehouse has no")


def test_an_effect_that_cannot_be_is_told(check):
    bought = a_metric("ctr", "proportion")
    spec = asked([{"metric": "ctr", "minimum_effect": 20.0}])
    METRICS["ctr"] = bought
    try:
        found = check(built(PAST, metrics=(bought,), mean=0.2, variance=0.16), spec)
    finally:
        METRICS["ctr"] = CTR
    assert found.warnings == ()
    assert "must lead from 0.2 to a share from 0 to 1" in found.unchecked[0]


def test_where_no_change_can_be_seen_none_is_told(check):
    problem = only(check(built(PAST, mean=0.0), asked()))
    assert "80 % is asked; no change has it. No number of units is enough" in str(problem)
