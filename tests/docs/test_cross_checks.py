"""Cross-checks of the small demo, against resampling its units one by one."""

import duckdb
import numpy as np
import pytest

from .pages import ROOT, blocks

PAGE = ROOT / "docs" / "methods" / "cross-checks.md"
EXPERIMENT = "recommender_cf_vs_content"

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


@pytest.fixture
def demo(small_demo):
    with duckdb.connect(str(small_demo / "abstats_demo.duckdb"), read_only=True) as connection:
        yield connection


def test_every_metric_of_the_one_experiment_that_asks_has_a_row_per_method(demo):
    (query,) = [block.text for block in blocks(PAGE) if block.language == "sql"]
    found = demo.sql(query).fetchall()
    metrics = {
        name
        for (name,) in demo.sql(
            f"select metric_name from fct_experiment_results where experiment_id = '{EXPERIMENT}'"
        ).fetchall()
    }
    assert {(row[0], row[2]) for row in found} == {
        (name, method) for name in metrics for method in ("poisson_bootstrap", "permutation")
    }
    without = {row[0] for row in found if row[-1] == "not_applicable"}
    assert without == {"creator_gini", "p95_page_latency_ms"}
    asking = demo.sql("select distinct experiment_id from fct_experiment_cross_checks").fetchall()
    assert asking == [(EXPERIMENT,)]


@pytest.mark.parametrize("metric", ["ctr", "revenue", "watch_rate"])
def test_they_are_what_resampling_the_units_gives(demo, metric):
    """Units drawn by numpy, where the engine puts them into buckets and abstats weighs these."""
    columns = {row[0] for row in demo.sql("describe int_experiment_unit_measures").fetchall()}
    value = f"{metric}__winsorised__y" if f"{metric}__winsorised__y" in columns else f"{metric}__y"
    denominator = f"{metric}__d" if f"{metric}__d" in columns else "1.0"
    arms = []
    for variant in ("cf", "content"):
        rows = demo.sql(f"""
            select {value}, {denominator} from int_experiment_unit_measures
            where experiment_id = '{EXPERIMENT}' and variant_id = '{variant}'
                and {value} is not null
            order by unit_id
        """).fetchnumpy()
        arms.append(np.stack(list(rows.values())).astype(float))
    rng = np.random.default_rng(1)
    resampled = []
    for y, d in arms:
        weights = rng.poisson(1.0, (1000, len(y)))
        resampled.append((weights @ y) / (weights @ d))
    bounds = np.quantile(resampled[1] - resampled[0], (0.025, 0.975))
    both = np.concatenate(arms, axis=1)
    n = arms[1].shape[1]
    observed = abs(statistic(arms[1], arms[0]))
    larger = 0
    for _ in range(1000):
        y, d = both[:, rng.permutation(both.shape[1])]
        larger += abs(statistic((y[:n], d[:n]), (y[n:], d[n:]))) >= observed
    found = {
        row["method"]: row
        for row in demo.sql(f"""
            select * from fct_experiment_cross_checks
            where experiment_id = '{EXPERIMENT}' and metric_name = '{metric}'
        """)
        .to_arrow_table()
        .to_pylist()
    }
    bootstrap, permutation = found["poisson_bootstrap"], found["permutation"]
    estimate = arms[1][0].sum() / arms[1][1].sum() - arms[0][0].sum() / arms[0][1].sum()
    assert bootstrap["effect_abs"] == pytest.approx(estimate)
    assert permutation["effect_abs"] == pytest.approx(estimate)
    # Both scatter by some .1 standard errors.
    tolerance = 0.5 * bootstrap["unadjusted_se"]
    assert bootstrap["effect_abs_ci_lower"] == pytest.approx(bounds[0], abs=tolerance)
    assert bootstrap["effect_abs_ci_upper"] == pytest.approx(bounds[1], abs=tolerance)
    assert permutation["p_value"] == pytest.approx((1 + larger) / 1001, abs=0.08)


def statistic(treatment, control):
    """Difference of ratios over its standard error, of units."""
    values, variances = [], []
    for y, d in (treatment, control):
        ratio = y.sum() / d.sum()
        values.append(ratio)
        variances.append(((y - ratio * d) ** 2).sum() / d.sum() ** 2)
    return (values[0] - values[1]) / np.sqrt(sum(variances))
