"""The table of interactions: a row for every metric, pair and declared segment."""

import numpy as np
import pytest
from scipy import stats

from abstats.analysis import SEGMENT_TESTS_GRAIN, SEGMENT_TESTS_SCHEMA, estimate_results
from abstats.analysis.segment_tests import segment_tests
from abstats.inference import heterogeneity_test
from tests.analysis.worlds import DAY, STAMP, a_metric, an_experiment, moment_rows, moments_table

CLICKS, LATENCY = a_metric("clicks"), a_metric("latency")
METRICS = {"clicks": CLICKS, "latency": LATENCY}
SEGMENTS = [{"name": "platform", "preregistered": True}, "country"]
ROLES = {"primary": ["clicks"], "guardrails": ["latency"]}


def a_world(seed=3):
    """Rows by variant and platform; the lift differs by platform."""
    rng = np.random.default_rng(seed)
    return {
        (variant, platform): rng.normal(5 + lift * (variant == "new"), 1, (n, 1))
        for platform, lift, n in (("phone", 0.0, 90), ("tv", 0.5, 70), ("web", 1.5, 120))
        for variant in ("control", "new")
    }


def blocks_of(world, metrics=(CLICKS, LATENCY)):
    return [
        moment_rows(metric, variant, ["y"], rows, segment=("platform", platform))
        for metric in metrics
        for (variant, platform), rows in world.items()
    ]


def rows_of(experiment, *blocks):
    table = segment_tests(
        [experiment], METRICS, moments_table(*blocks), analysis_dates={"exp": DAY}, **STAMP
    )
    assert table.schema == SEGMENT_TESTS_SCHEMA
    rows = table.to_pylist()
    grain = [tuple(row[name] for name in SEGMENT_TESTS_GRAIN) for row in rows]
    assert grain == sorted(set(grain))
    return {(row["metric_name"], row["segment_name"]): row for row in rows}


def test_effects_that_differ_by_platform_are_found_and_said_to_be_pre_registered():
    world = a_world()
    rows = rows_of(an_experiment(segments=SEGMENTS, metrics=ROLES), *blocks_of(world))
    tests = [
        stats.ttest_ind(world["new", p], world["control", p], equal_var=False)
        for p in ("phone", "tv", "web")
    ]
    effects = [world["new", p].mean() - world["control", p].mean() for p in ("phone", "tv", "web")]
    errors = [effect / test.statistic[0] for effect, test in zip(effects, tests, strict=True)]
    expected = heterogeneity_test(effects, errors, [test.df[0] for test in tests])
    row = rows["clicks", "platform"]
    assert row["statistic"] == pytest.approx(expected.statistic, rel=1e-9)
    assert row["p_value"] == row["p_value_adjusted"] == pytest.approx(expected.p_value, rel=1e-7)
    assert (row["degrees_of_freedom"], row["status"]) == (2, "ok")
    assert row["is_significant"] is True
    assert row["is_preregistered"] is True
    assert row["family"] == "primary metrics by platform, pre-registered"
    assert rows["latency", "platform"]["correction"] == "none"


def test_a_segment_without_units_has_its_rows():
    experiment = an_experiment(segments=SEGMENTS, metrics=ROLES)
    for blocks in ((), blocks_of(a_world())):
        row = rows_of(experiment, *blocks)["clicks", "country"]
        assert (row["status"], row["degrees_of_freedom"]) == ("no_data", 0)
        assert row["p_value"] is row["p_value_adjusted"] is row["is_significant"] is None
        assert row["is_preregistered"] is False
        assert row["family"] == "primary metrics by country, exploratory"
        assert row["correction"] == "benjamini_hochberg"


def test_an_experiment_without_segments_has_no_rows():
    assert rows_of(an_experiment()) == {}


def test_the_families_of_the_results_say_which_segments_are_pre_registered():
    experiment = an_experiment(segments=SEGMENTS, metrics=ROLES)
    blocks = blocks_of(a_world())
    blocks += [
        moment_rows(CLICKS, variant, ["y"], [[1.0], [2.0]], segment=("country", "pt"))
        for variant in ("control", "new")
    ]
    table = estimate_results(
        [experiment], METRICS, moments_table(*blocks), analysis_dates={"exp": DAY}, **STAMP
    )
    families = {(row["segment_name"], row["family"]) for row in table.to_pylist()}
    assert {family for segment, family in families if segment == "platform"} == {
        "primary metrics by platform, pre-registered",
        "guardrails: none",
    }
    assert ("country", "primary metrics by country, exploratory") in families
