"""Verdicts on metrics that must be the same: what ships, what is rolled back, and how often."""

import numpy as np
import pytest

from tests.analysis.looks import WEEKS
from tests.analysis.worlds import a_metric, an_experiment, moment_rows
from tests.decisions.test_interim import CLICKS, a_missing_row, a_row, decided, outcome
from tests.decisions.test_verdicts import (
    a_guardrail,
    a_missing_result,
    a_result,
    verdicts,
)

MARGIN = {"hypothesis": "equivalence", "margin": 0.02, "margin_type": "relative"}


def a_same(metric, p=0.01, bounds=(-0.01, 0.012), **more):
    """A headline row that asks for equivalence within 2 %."""
    named = zip(("lower", "upper"), bounds, strict=True)
    rel = {f"effect_rel_ci_adjusted_{side}": bound for side, bound in named}
    return a_result(metric, 0.01, p, **{**MARGIN, **rel, "is_equivalent": p <= 0.05, **more})


SAME = a_same("clicks")
UNPROVEN = a_same("clicks", 0.2, (-0.01, 0.03))
BEYOND = a_same("clicks", 0.999, (0.021, 0.05))
BELOW = a_same("clicks", 0.999, (-0.05, -0.021))
UNKNOWN = a_missing_result("clicks") | MARGIN
WON, LOST, UNCLEAR = a_result("m", 1.0, 0.001), a_result("m", -1.0, 0.001), a_result("m")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([SAME], ("ship", "equivalent")),
        ([UNPROVEN], ("inconclusive", "equivalence_unproven")),
        ([BEYOND], ("rollback", "not_equivalent")),
        ([BELOW], ("rollback", "not_equivalent")),
        ([UNKNOWN], ("inconclusive", "primary_not_estimated")),
        ([SAME, a_same("views")], ("ship", "equivalent")),
        ([SAME, a_same("views", 0.2, (-0.01, 0.03))], ("inconclusive", "equivalence_unproven")),
        # Beside metrics that are to get better.
        ([SAME, WON], ("ship", "primary_won")),
        ([SAME, UNCLEAR], ("inconclusive", "no_significant_primary")),
        ([SAME, LOST], ("rollback", "primary_lost")),
        ([UNPROVEN, WON], ("inconclusive", "equivalence_unproven")),
        ([BEYOND, WON], ("rollback", "not_equivalent")),
        # Guardrails are asked as ever.
        ([SAME, a_guardrail("ms", p_margin=0.01)], ("ship", "equivalent")),
        ([SAME, a_guardrail("ms", p_margin=0.999)], ("rollback", "guardrail_inferior")),
        (
            [SAME, a_guardrail("ms", p_margin=0.4, holds=False)],
            ("inconclusive", "guardrail_unproven"),
        ),
        # Secondary metrics explain.
        ([WON, BEYOND | {"role": "secondary"}], ("ship", "primary_won")),
    ],
)
def test_the_rules_of_a_metric_that_must_be_the_same(rows, expected):
    (row,) = verdicts(rows)
    assert (row["verdict"], row["rule"]) == expected


def test_reasons_have_the_margin_the_interval_and_the_test():
    (row,) = verdicts([SAME, WON])
    assert row["reason"] == (
        "Primary metric significantly better: m +10.00 % [+0.00 %, +20.00 %], adjusted p = "
        "0.0010. Equivalent to control: clicks +0.10 % [-1.00 %, +1.20 %], margin ±2 %, adjusted "
        "equivalence p = 0.0100."
    )
    absolute = {"margin": 2.0, "margin_type": "absolute", "effect_abs": 0.5}
    (row,) = verdicts([a_same("clicks", **absolute)])
    assert "clicks +0.5 [-0.99, +1.01], margin ±2, adjusted equivalence p" in row["reason"]


def test_an_absolute_margin_is_compared_with_the_absolute_interval():
    beyond = {"effect_abs_ci_adjusted_lower": 0.6, "effect_abs_ci_adjusted_upper": 0.9}
    absolute = {"margin": 0.5, "margin_type": "absolute", **beyond}
    (row,) = verdicts([a_same("clicks", 0.999, (0.0, 0.01), **absolute)])
    assert row["rule"] == "not_equivalent"
    unbounded = {"effect_abs_ci_adjusted_lower": None, "effect_abs_ci_adjusted_upper": None}
    (row,) = verdicts([a_same("clicks", 0.999, (0.3, 0.4), **absolute | unbounded)])
    assert row["rule"] == "equivalence_unproven"


def test_several_treatments_that_are_the_same_have_no_best():
    rows = [a_same("clicks", treatment_variant_id=name) for name in ("a", "b")]
    found = verdicts(rows, variants={"control": 0.4, "a": 0.3, "b": 0.3})
    for row in found:
        assert row["reason"].endswith("2 treatments may ship, each judged against control.")


# Looks


def a_same_look(metric="ctr", crossed="equivalent", **more):
    values = {"hypothesis": "equivalence", "margin": 0.02, "p_value_sequential_adjusted": 0.01}
    return a_row(metric, crossed, **values | more)


WON_LOOK, HOLDS = a_row("m", "better"), a_row("ms", "non_inferior", "guardrail")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([a_same_look()], ("ship", "equivalent")),
        ([a_same_look(crossed="not_equivalent")], ("rollback", "not_equivalent")),
        ([a_same_look(crossed="none")], ("keep_running", "no_bound_crossed")),
        ([a_same_look(), a_same_look("m", "none")], ("keep_running", "no_bound_crossed")),
        ([a_same_look(), WON_LOOK], ("ship", "primary_won")),
        ([a_same_look(crossed="none"), WON_LOOK], ("keep_running", "no_bound_crossed")),
        ([a_same_look(), a_row("m")], ("keep_running", "no_bound_crossed")),
        ([a_same_look(), HOLDS], ("ship", "equivalent")),
        (
            [a_same_look(), a_row("ms", "none", "guardrail")],
            ("keep_running", "no_bound_crossed"),
        ),
        ([a_same_look(), a_missing_row("m")], ("keep_running", "no_bound_crossed")),
    ],
)
def test_the_rules_of_an_interim_look(rows, expected):
    verdict, _ = outcome(rows)
    assert (verdict.verdict, verdict.rule) == expected


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([a_same_look(crossed="none", look=4)], "equivalence_unproven"),
        ([a_same_look(look=4), a_row("m", look=4)], "no_significant_primary"),
        (
            [a_same_look(look=4), a_row("ms", "none", "guardrail", look=4)],
            "guardrail_unproven",
        ),
    ],
)
def test_the_last_look_decides(rows, rule):
    verdict, decided_on = outcome([], [], [], rows)
    assert (verdict.verdict, verdict.rule, decided_on) == ("inconclusive", rule, WEEKS[3])


def test_the_reason_of_a_look_has_its_margin_and_test():
    verdict, _ = outcome([a_same_look()])
    assert (
        "equivalent to control: ctr +5.00 % [+1.00 %, +9.00 %], margin ±2 %, sequential "
        "equivalence p = 0.0100." in verdict.reason
    )


# From units to verdicts

SAME_CLICKS = {"primary": [{"metric": "clicks", "equivalence_margin": 0.1}]}


@pytest.mark.slow
@pytest.mark.parametrize("shift", [1.0, 0.0])
def test_at_the_margin_it_ships_and_rolls_back_at_the_rate_of_alpha(shift):
    """Mean 10, standard deviation 4, 400 units an arm, margin 10 %: no change is mostly shown."""
    n, rng = 600, np.random.default_rng(431)
    experiments, rows = [], []
    for i in range(n):
        experiments.append(an_experiment(f"e{i:04d}", metrics=SAME_CLICKS))
        for variant, lift in (("control", 0.0), ("new", shift)):
            values = rng.normal(10.0 + lift, 4.0, 400)
            name = experiments[-1].name
            rows += moment_rows(CLICKS, variant, ["y"], values, experiment=name, day=WEEKS[-1])
    found = [row["rule"] for row in decided(experiments, [CLICKS], rows)]
    shipped, returned = (found.count(rule) / n for rule in ("equivalent", "not_equivalent"))
    error = np.sqrt(0.05 * 0.95 / n)
    if shift == 0.0:
        assert shipped > 0.8
        assert returned < 0.001
    else:
        assert shipped == pytest.approx(0.05, abs=3 * error)
        assert returned == pytest.approx(0.05, abs=3 * error)
    assert set(found) <= {"equivalent", "not_equivalent", "equivalence_unproven"}


def test_units_that_are_the_same_ship_and_no_significance_is_no_proof():
    rng, metric = np.random.default_rng(5), a_metric("clicks")
    verdict = {}
    for n in (40, 4_000):
        world = {name: rng.normal(10.0, 4.0, n) for name in ("control", "new")}
        rows = [
            row
            for name, values in world.items()
            for row in moment_rows(metric, name, ["y"], values)
        ]
        experiment = an_experiment(metrics=SAME_CLICKS)
        (row,) = decided([experiment], [metric], rows, rows[0]["analysis_date"])
        verdict[n] = row["verdict"]
    assert verdict == {40: "inconclusive", 4_000: "ship"}
