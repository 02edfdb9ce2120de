"""Each segment dimension says whether effects differ over its values, corrected as its family."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from abstats.analysis.cells import Cell
from abstats.analysis.comparisons import comparisons
from abstats.analysis.estimates import estimate_comparison
from abstats.analysis.families import adjust
from abstats.analysis.heterogeneity import segment_heterogeneity
from abstats.inference import heterogeneity_test
from abstats.moments import Moments
from tests.analysis.worlds import DAY, a_metric, an_experiment

LIFTS = {"phone": 0.0, "tablet": 0.4, "web": 1.4}
ROLES = {"primary": ["p1", "p2"], "secondary": ["s"], "guardrails": ["g"]}


def a_platform_world():
    """Rows of each metric, variant and platform; the lift differs by platform for p1 and g."""
    rng = np.random.default_rng(3)
    return {
        (metric, variant, platform): rng.normal(
            lift * (variant == "new") * (metric in ("p1", "g")), 1 + (variant == "new"), size=n
        )
        for metric in ("p1", "p2", "s", "g")
        for variant in ("control", "new")
        for (platform, lift), n in zip(LIFTS.items(), (80, 120, 150), strict=True)
    }


def estimates_of(world):
    experiment = an_experiment(
        metrics=ROLES, segments=["platform"], analysis={"correction": "bonferroni"}
    )
    metrics = {name: a_metric(name) for name in ("p1", "p2", "s", "g")}
    cells = {}
    for (name, variant, platform), values in world.items():
        for segment, rows in (
            (("platform", platform), values),
            (("all", "all"), np.concatenate([world[name, variant, p] for p in LIFTS])),
        ):
            key = Cell("exp", variant, *segment, "all", name, metrics[name].definition_hash, DAY)
            cells[key] = Moments.from_rows(("y",), rows)
    return [
        estimate
        for comparison in comparisons(experiment, metrics, cells, DAY)
        for estimate in estimate_comparison(comparison)
    ]


def test_every_metric_is_tested_over_its_segments_and_corrected_within_its_role() -> None:
    world = a_platform_world()
    rows = segment_heterogeneity(estimates_of(world))
    assert [(row.metric_name, row.role, row.segment_name) for row in rows] == [
        ("p1", "primary", "platform"),
        ("p2", "primary", "platform"),
        ("s", "secondary", "platform"),
        ("g", "guardrail", "platform"),
    ]
    for row in rows:
        arms = [[world[row.metric_name, v, p] for p in LIFTS] for v in ("control", "new")]
        effects = np.array([t.mean() - c.mean() for c, t in zip(*arms, strict=True)])
        errors = np.array(
            [math.hypot(stats.sem(c), stats.sem(t)) for c, t in zip(*arms, strict=True)]
        )
        centre = np.average(effects, weights=errors**-2)
        assert row.statistic == pytest.approx((((effects - centre) / errors) ** 2).sum(), rel=1e-9)
        assert row.degrees_of_freedom == 2
        freedom = [stats.ttest_ind(t, c, equal_var=False).df for c, t in zip(*arms, strict=True)]
        expected = heterogeneity_test(effects, errors, freedom).p_value
        assert row.p_value == pytest.approx(expected, rel=1e-7)
    primary = [row for row in rows if row.role == "primary"]
    adjusted = multipletests([row.p_value for row in primary], method="bonferroni")[1]
    assert [row.p_value_adjusted for row in primary] == pytest.approx(list(adjusted))
    assert {row.family for row in primary} == {"primary metrics by platform, exploratory"}
    assert primary[0].p_value_adjusted < 0.01
    for row in rows[2:]:
        assert row.p_value_adjusted == row.p_value
    assert rows[3].correction == "none"


def test_a_pre_registered_dimension_is_not_called_exploratory() -> None:
    estimates = estimates_of(a_platform_world())
    for planned, word in (((), "exploratory"), (["platform"], "pre-registered")):
        families = {adjustment.family for adjustment in adjust(estimates, planned)}
        assert families == {
            "primary metrics",
            f"primary metrics by platform, {word}",
            "secondary metrics",
            f"secondary metrics by platform, {word}",
            "guardrails: none",
        }
        rows = segment_heterogeneity(estimates, planned)
        assert rows[0].family == f"primary metrics by platform, {word}"
    assert [a[:2] for a in adjust(estimates)] == [a[:2] for a in adjust(estimates, ["platform"])]


def test_one_value_with_data_leaves_nothing_to_compare() -> None:
    world = {
        key: values if key[2] == "web" else values[:1] for key, values in a_platform_world().items()
    }
    rows = segment_heterogeneity(estimates_of(world))
    assert len(rows) == 4
    assert all(math.isnan(row.p_value) and math.isnan(row.p_value_adjusted) for row in rows)


def test_without_segments_there_is_nothing_to_test() -> None:
    whole = [e for e in estimates_of(a_platform_world()) if e.comparison.segment_name == "all"]
    assert segment_heterogeneity(whole) == []
