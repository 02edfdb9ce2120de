"""The parts of a composite, from a derived metric of dbt."""

from typing import Any

import pytest

from abstats.spec import CompositePart, MetricSpec
from abstats.spec.graph import read_metrics

from .examples import derived, graph, ratio, simple, where

MINUTES = simple("minutes")
ORDERS = simple("orders", agg="count")


def used(**meta: Any) -> dict[str, Any]:
    return {"experiment": meta}


def score(
    expr: str = "0.2 * minutes + 5 * orders",
    inputs: list[str | dict[str, Any]] | None = None,
    meta: dict[str, Any] | None = None,
    filter_: Any = None,
) -> dict[str, Any]:
    return derived("score", expr, inputs or ["minutes", "orders"], used(**(meta or {})), filter_)


def read(*metrics: dict[str, Any]) -> MetricSpec:
    specs, problems = read_metrics(graph(*metrics))
    assert problems == []
    return next(spec for spec in specs if spec.name == "score")


def told(*metrics: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in read_metrics(graph(*metrics))[1]]


def test_a_part_has_its_weight_and_its_measure() -> None:
    metric = read(MINUTES, ORDERS, score())
    assert (metric.kind, metric.missing) == ("composite", "zero")
    minutes, orders = metric.parts
    assert minutes == CompositePart(
        metric="minutes", weight=0.2, kind="mean", numerator=minutes.numerator
    )
    assert (orders.weight, orders.numerator.agg) == (5.0, "count")
    assert metric.measures == (minutes.numerator, orders.numerator)
    assert metric.cuped.enabled


def test_a_part_is_known_by_its_alias_and_has_all_filters() -> None:
    web = where("{{ Dimension('click__platform') }} = 'web'")
    inputs: list[str | dict[str, Any]] = [
        {"name": "minutes", "alias": "on_web", "filter": web},
        {"name": "minutes", "alias": "at_all"},
    ]
    metric = read(
        MINUTES, score("2 * on_web - at_all", inputs, {"standardise": {"on_web": 3}}, where("paid"))
    )
    assert [(part.metric, part.weight) for part in metric.parts] == [
        ("on_web", 2.0),
        ("at_all", -1.0),
    ]
    assert metric.parts[0].numerator.filter == "(platform = 'web') and (paid)"
    assert metric.parts[1].numerator.filter == "paid"
    assert metric.parts[0].standard_deviation == 3


def test_parts_are_weighed_in_their_own_unit_or_in_standard_deviations() -> None:
    scales = {"minutes": "pre_period", "orders": 1.3}
    metric = read(MINUTES, ORDERS, score(meta={"standardise": scales}))
    assert [(part.standardise, part.standard_deviation) for part in metric.parts] == [
        ("pre_period", None),
        ("declared", 1.3),
    ]


def test_a_proportion_is_a_part_of_zeros_and_ones() -> None:
    bought = simple("orders", used(kind="proportion"), agg="count")
    assert read(MINUTES, bought, score()).parts[1].kind == "proportion"


def test_parts_that_declare_the_window_of_the_whole_are_fine() -> None:
    orders = simple("orders", used(window={"days": 7}), agg="count")
    metric = read(MINUTES, orders, score(meta={"window": {"hours": 168}}))
    assert metric.window is not None
    assert metric.window.total_hours == 168


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        ("minutes * orders", "score.expr == 'minutes * orders' multiplies inputs with each other"),
        ("minutes + ordrs", "Did you mean 'orders'?"),
        ("minutes", "score.expr has no 'orders', must weigh each of its input_metrics."),
    ],
)
def test_an_expression_that_is_no_weighted_sum_is_told(expr: str, text: str) -> None:
    lines = told(MINUTES, ORDERS, score(expr))
    assert any(text in line for line in lines), lines


@pytest.mark.parametrize(
    ("standardise", "text"),
    [
        ({"order": 1.3}, "standardise has 'order', must be one of the names in expr"),
        ({"orders": 0}, "standardise.orders == 0, must be pre_period or a standard deviation > 0."),
        ({"orders": "pre"}, "standardise.orders == 'pre', must be pre_period"),
        ({"orders": True}, "standardise.orders == True, must be pre_period"),
    ],
)
def test_a_scale_that_is_none_is_told(standardise: dict[str, Any], text: str) -> None:
    (line,) = told(MINUTES, ORDERS, score(meta={"standardise": standardise}))
    assert text in line


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (simple("orders", agg="average"), "has agg 'average' and no value for a unit without"),
        (simple("orders", used(missing="exclude")), "declare missing: zero for it"),
        (simple("orders", used(winsorize={"upper": 0.9})), "has winsorize, a composite adds up"),
        (simple("orders", used(transform="log1p")), "has transform, a composite adds up values"),
        (simple("orders", used(window={"days": 3})), "has a window of its own, all parts share"),
        (
            simple("orders", used(kind="gini", gini={"over": "unit"})),
            "is of kind gini, a part of a composite is of kind mean or proportion",
        ),
        (simple("orders", agg="median"), "a quantile over events"),
        (ratio("orders", "minutes", "minutes"), "itself of type 'ratio', is not supported"),
    ],
)
def test_a_metric_that_is_no_part_of_a_sum_per_unit_is_told(
    part: dict[str, Any], text: str
) -> None:
    (line,) = told(MINUTES, part, score())
    assert line.startswith("score.input_metrics[1] == 'orders'")
    assert text in line


def test_a_part_that_is_wrong_itself_is_told_once() -> None:
    (line,) = told(MINUTES, simple("orders", used(directon="x")), score())
    assert line.startswith("orders.config.meta.experiment.directon is not a known key")


def test_an_unknown_metric_is_told_with_the_nearest_one() -> None:
    lines = told(MINUTES, ORDERS, score("minutes + order_s", ["minutes", "order_s"]))
    assert lines == [
        "score.input_metrics[1] == 'order_s', must be the name of a simple metric. "
        "Did you mean 'orders'?"
    ]
