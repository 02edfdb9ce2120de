"""Covariates beside the metric's own value before exposure."""

from typing import Any

import pytest

from abstats.spec.graph import read_metrics

from .examples import fact, graph, ratio, simple


def used(**cuped: Any) -> dict[str, Any]:
    return {"experiment": {"cuped": cuped}}


def told(*metrics: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in read_metrics(graph(*metrics))[1]]


def test_metrics_and_attributes_become_covariates_in_their_order() -> None:
    (metric,), problems = read_metrics(
        graph(
            simple("minutes", used(metrics=["orders"], attributes=["score"])),
            simple("orders", fact="fct_orders", agg="count", expr="order_id"),
            facts=(fact(), fact("fct_orders")),
        )
    )
    assert problems == []
    orders, score = metric.covariates
    assert (orders.name, orders.attribute) == ("orders", None)
    assert orders.measure is not None
    assert (orders.measure.fact, orders.measure.agg) == ("fct_orders", "count")
    assert (score.name, score.attribute, score.measure) == ("score", "score", None)
    assert [measure.fact for measure in metric.measures] == ["fct_clicks"]
    assert [measure.fact for measure in metric.every_measure] == ["fct_clicks", "fct_orders"]


def test_covariates_that_are_switched_off_are_not_read() -> None:
    (metric,), problems = read_metrics(
        graph(simple("minutes", used(enabled=False, metrics=["orders"])), simple("orders"))
    )
    assert problems == []
    assert metric.covariates == ()


def test_a_metric_of_the_same_package_comes_first() -> None:
    (metric,), _ = read_metrics(
        graph(
            simple("minutes", used(metrics=["orders"])),
            simple("orders", package="alpha", expr="a"),
            simple("orders", expr="b"),
            facts=(fact(), fact(package="alpha")),
        )
    )
    assert metric.covariates[0].measure is not None
    assert metric.covariates[0].measure.expr == "b"


@pytest.mark.parametrize(
    ("cuped", "text"),
    [
        ({"metrics": ["ordrs"]}, "cuped.metrics[0] == 'ordrs', must be the name of a simple"),
        ({"metrics": ["ordrs"]}, "Did you mean 'orders'?"),
        ({"metrics": ["rate"]}, "== 'rate', of type 'ratio', must be a simple metric"),
        ({"metrics": ["mean_price"]}, "== 'mean_price', which has none, must have a total before"),
        ({"metrics": ["p50"]}, "== 'p50', which has none, must have a total before exposure"),
        ({"metrics": ["minutes"]}, "== 'minutes', what it measures itself, must be another"),
        ({"metrics": ["orders", "orders"]}, "cuped.metrics has 'orders' again"),
        ({"metrics": ["orders"], "attributes": ["orders"]}, "cuped.attributes has 'orders' again"),
        ({"attributes": ["variant_id"]}, "cuped.attributes has 'variant_id', that name is taken"),
        ({"attributes": ["model score"]}, "must be letters, digits and underscores"),
        ({"metric": ["orders"]}, "cuped.metric is not a known key"),
    ],
)
def test_what_is_no_covariate_is_told(cuped: dict[str, Any], text: str) -> None:
    (line,) = told(
        simple("minutes", used(**cuped)),
        simple("orders", expr="orders"),
        simple("mean_price", agg="average"),
        simple("p50", agg="median"),
        ratio("rate", "orders", "minutes"),
    )
    assert text in line


def test_a_covariate_with_a_problem_is_told_under_its_own_name() -> None:
    (line,) = told(simple("minutes", used(metrics=["orders"])), simple("orders", agg="mode"))
    assert line.startswith("orders.agg == 'mode' is not supported")
