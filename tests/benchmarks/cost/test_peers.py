"""What the other ways compute is what the floor computes, so that their costs may be compared."""

import sys

import duckdb
import pytest

from benchmarks.cost import tea_peer
from benchmarks.cost.floor import floor_statements
from benchmarks.cost.project import Metrics
from benchmarks.cost.saas_shapes import one_query_for_all, one_query_per_metric
from benchmarks.cost.world import world_file
from tests.benchmarks.cost.worlds import CASES, SMALL

OPEN_ENDED = {name: metrics for name, metrics in CASES.items() if metrics.window_days is None}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return world_file(SMALL, tmp_path_factory.mktemp("peers"))


@pytest.mark.parametrize("metrics", OPEN_ENDED.values(), ids=OPEN_ENDED)
def test_the_power_sums_of_both_shapes_are_the_floors_moments(file, metrics):
    expected = floor_moments(file, metrics)
    with duckdb.connect(str(file), read_only=True) as connection:
        for variant, n, *sums in connection.execute(one_query_for_all(SMALL, metrics)).fetchall():
            assert n == expected[variant][0]
            for index in range(metrics.count):
                moments = expected[variant][1][index]
                assert from_power_sums(n, sums[5 * index :][:5]) == pytest.approx(moments)
        for index, statement in enumerate(one_query_per_metric(SMALL, metrics)):
            for variant, n, *sums in connection.execute(statement).fetchall():
                moments = expected[variant][1][index]
                assert from_power_sums(n, sums) == pytest.approx(moments)


@pytest.mark.slow
@pytest.mark.skipif(
    not tea_peer.is_installed(sys.executable), reason="tea-tasting is in the extra `benchmark`"
)
@pytest.mark.parametrize("metrics", OPEN_ENDED.values(), ids=OPEN_ENDED)
def test_tea_tasting_gives_the_adjusted_means_of_the_floors_moments(file, metrics):
    _, rows = tea_peer.analysed(sys.executable, SMALL, file, metrics, threads=1)
    expected = adjusted_means(floor_moments(file, metrics), metrics)
    for index, (name, *means) in enumerate(rows):
        assert name == metrics.names[index]
        assert means == pytest.approx(expected[index])


def floor_moments(file, metrics: Metrics):
    """Variant -> n and, per metric, the two means, two variances and the covariance."""
    statement = next(iter(floor_statements(SMALL, metrics).values()))
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            variant: (n, [moments[5 * i :][:5] for i in range(metrics.count)])
            for variant, n, *moments in connection.execute(statement).fetchall()
        }


def from_power_sums(n, sums):
    y, yy, x, xx, yx = map(float, sums)
    products = yy - y * y / n, xx - x * x / n, yx - y * x / n
    return [y / n, x / n, *(product / (n - 1) for product in products)]


def adjusted_means(moments, metrics: Metrics):
    """tea-tasting's: one theta from the covariances of both variants thrown together."""
    adjusted = []
    for index in range(metrics.count):
        arms = [(moments[v][0], *moments[v][1][index]) for v in ("control", "treatment")]
        total = sum(n for n, *_ in arms)
        mean_y = sum(n * y for n, y, *_ in arms) / total
        mean_x = sum(n * x for n, _, x, *_ in arms) / total
        cov = sum((n - 1) * c + n * (y - mean_y) * (x - mean_x) for n, y, x, _, _, c in arms)
        var = sum((n - 1) * v + n * (x - mean_x) ** 2 for n, _, x, _, v, _ in arms)
        adjusted.append([y - cov / var * (x - mean_x) for _, y, x, *_ in arms])
    return adjusted
