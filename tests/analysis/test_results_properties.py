"""Whatever the moments, no row is missing and no two numbers of a row contradict each other."""

import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.test_results import rows_of
from tests.analysis.worlds import a_metric, an_experiment, moment_rows, moments_table

VARIANTS = ("control", "a", "b")
KINDS = {"m": "mean", "p": "proportion", "r": "ratio", "g": "mean", "h": "ratio"}
COLUMNS = {
    "mean": ("y", "x_y", "missing"),
    "proportion": ("y", "x_y"),
    "ratio": ("y", "d", "x_y", "x_d"),
}

worlds = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32 - 1),
        "sizes": st.lists(st.sampled_from([0, 1, 2, 3, 30, 200]), min_size=3, max_size=3),
        "scale": st.sampled_from([0.0, 1e-9, 1.0, 1e6]),
        "location": st.sampled_from([-5.0, 0.0, 0.05, 3.0, 1e8]),
        "covariate": st.sampled_from(["none", "constant", "related", "identical"]),
        "cuped": st.booleans(),
        "correction": st.sampled_from(["none", "bonferroni", "holm", "benjamini_hochberg"]),
        "comparisons": st.sampled_from(["control", "all_pairs"]),
        "segmented": st.booleans(),
    }
)


def drawn(world):
    """Rows of one result table of five metrics and three variants, drawn at random."""
    rng = np.random.default_rng(world["seed"])
    metrics = [
        a_metric(
            name,
            kind,
            cuped=world["cuped"],
            direction="decrease" if name == "g" else "increase",
        )
        for name, kind in KINDS.items()
    ]
    experiment = an_experiment(
        variants={"control": 0.4, "a": 0.3, "b": 0.3},
        metrics={
            "primary": ["m", "p"],
            "secondary": ["r"],
            "guardrails": [{"metric": "g", "margin": 0.1}, "h"],
        },
        segments=["platform"] if world["segmented"] else [],
        analysis={"correction": world["correction"], "comparisons": world["comparisons"]},
    )
    blocks = []
    segments = [("all", "all"), ("platform", "tv")][: 1 + world["segmented"]]
    for metric, (variant, n), segment in itertools.product(
        metrics, zip(VARIANTS, world["sizes"], strict=True), segments
    ):
        columns = COLUMNS[metric.kind] if world["covariate"] != "none" else COLUMNS[metric.kind][:1]
        if metric.kind == "ratio" and world["covariate"] == "none":
            columns = ("y", "d")
        y = world["location"] + world["scale"] * rng.normal(size=n)
        if metric.kind == "proportion":
            y = (rng.random(n) < 0.2) * 1.0
        d = rng.poisson(1.0, n)
        x = {
            "none": np.zeros(n),
            "constant": np.ones(n),
            "related": y + world["scale"] * rng.normal(size=n),
            "identical": y,
        }[world["covariate"]]
        values = {"y": y, "d": d, "x_y": x, "x_d": d, "missing": (rng.random(n) < 0.3)}
        rows = np.column_stack([values[column] for column in columns]).astype(float)
        if n:
            blocks.append(moment_rows(metric, variant, columns, rows, segment=segment))
    table = moments_table(*blocks)
    return experiment, rows_of(experiment, metrics, table)


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_every_declared_comparison_has_exactly_one_headline_and_no_row_is_missing(world):
    experiment, rows = drawn(world)
    seen = {}
    for row in rows:
        key = (row["metric_name"], row["treatment_variant_id"], row["control_variant_id"])
        seen.setdefault((*key, row["segment_value"]), []).append(row)
    values = ["all"]
    if world["segmented"] and any(world["sizes"]):
        values.append("tv")
    pairs = experiment.pairs()
    assert set(seen) == {
        (metric, *pair, value) for metric in KINDS for pair in pairs for value in values
    }
    for found in seen.values():
        assert [row["is_headline"] for row in found].count(True) == 1
        expected = {"unadjusted", "cuped"} if world["cuped"] else {"unadjusted"}
        assert {row["estimator"] for row in found} == expected


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_no_row_contradicts_itself(world):
    _, rows = drawn(world)
    for row in rows:
        assert (row["status"] == "ok") == (row["status_reason"] == "")
        numbers = [value for value in row.values() if isinstance(value, float)]
        assert all(math.isfinite(number) for number in numbers)
        assert (row["p_value"] is None) == (row["p_value_adjusted"] is None)
        assert (row["p_value"] is None) == (row["is_significant"] is None)
        if row["role"] != "guardrail":
            assert row["is_non_inferior"] is None
        if row["p_value"] is None:
            assert row["status"] != "ok"
            continue
        assert row["p_value_adjusted"] >= row["p_value"]
        assert row["is_significant"] == (row["p_value_adjusted"] <= row["alpha"])
        if row["effect_rel"] is not None:
            assert np.sign(row["effect_rel"]) == np.sign(row["effect_abs"])


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_absolute_and_relative_intervals_agree_on_zero(world):
    """references.md, trap 9: the p-value does not depend on the display."""
    _, rows = drawn(world)
    for row in rows:
        for kind in ("ci", "ci_adjusted"):
            bounds = [
                row[f"effect_{scale}_{kind}_{end}"]
                for scale in ("abs", "rel")
                for end in ("lower", "upper")
            ]
            if None in bounds:
                continue
            significant = bounds[0] > 0 or bounds[1] < 0
            rounding = 1e-9 * max(abs(bound) for bound in bounds[:2])
            if min(abs(bound) for bound in bounds[:2]) > rounding:
                assert significant == (bounds[2] > 0 or bounds[3] < 0)


@pytest.mark.slow
def test_thousands_of_comparisons_take_seconds():
    """A build of a hundred experiments must not wait for its algebra."""
    rng = np.random.default_rng(0)
    names = [f"m{i:02d}" for i in range(25)]
    metrics = [a_metric(name, cuped=True) for name in names]
    experiment = an_experiment(
        variants={"control": 0.4, "a": 0.3, "b": 0.3},
        metrics={"primary": names[:5], "secondary": names[5:]},
        segments=["country"],
    )
    blocks = [
        moment_rows(metric, variant, ["y", "x_y"], rng.normal(5, 1, (20, 2)), segment=segment)
        for metric in metrics
        for variant in VARIANTS
        for segment in [("all", "all"), *(("country", f"c{i:03d}") for i in range(49))]
    ]
    moments = moments_table(*blocks)
    started = time.process_time()
    rows = rows_of(experiment, metrics, moments)
    assert len(rows) == 2 * 2_500
    assert time.process_time() - started < 5
