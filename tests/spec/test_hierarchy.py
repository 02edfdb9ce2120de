"""Sums and products of the hierarchy must be able to add up."""

from typing import Any

import pytest

from abstats.inference.contributions import MOST_FACTORS as MOST_SPLIT
from abstats.spec import MetricSpec, Problem
from abstats.spec.graph import read_metrics
from abstats.spec.hierarchy import MOST_FACTORS, unsound_decompositions

from .examples import graph, ratio, simple


def metrics(*nodes: dict[str, Any]) -> dict[str, MetricSpec]:
    specs, problems = read_metrics(graph(*nodes))
    assert problems == []
    return {spec.name: spec for spec in specs}


def metric(name: str, agg: str = "sum", **meta: Any) -> dict[str, Any]:
    return simple(name, {"experiment": meta}, agg=agg)


def found(*nodes: dict[str, Any]) -> list[Problem]:
    return list(unsound_decompositions(metrics(*nodes), all_are_known=True))


def told(*nodes: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in found(*nodes)]


def test_a_sum_of_means_and_a_product_of_a_mean_and_a_ratio_are_sound() -> None:
    per_order = ratio("price", "web", "app", {"experiment": {"parent": "spend"}})
    assert not found(
        metric("revenue", decomposition="sum"),
        metric("web", parent="revenue"),
        metric("app", parent="revenue", agg="count"),
        metric("spend", decomposition="product"),
        metric("orders", parent="spend", agg="count"),
        per_order,
    )


def test_a_product_of_more_factors_than_can_be_split_is_told() -> None:
    assert MOST_FACTORS == MOST_SPLIT
    factors = [metric(f"f{i}", parent="whole") for i in range(MOST_FACTORS + 1)]
    assert not found(metric("whole", decomposition="product"), *factors[1:])
    (line,) = told(metric("whole", decomposition="product"), *factors)
    assert "decomposition has 13 children, a product has at most 12 children." in line


def test_a_parent_that_is_not_the_sum_of_its_children_may_have_any() -> None:
    assert not found(metric("revenue"), metric("bought", parent="revenue", kind="proportion"))


def test_a_sum_without_children_is_told() -> None:
    (line,) = told(metric("revenue", decomposition="sum"), metric("web", parent="revenu"))
    assert line == (
        "revenue.config.meta.experiment.decomposition == 'sum', must have children: metrics with "
        "parent: revenue."
    )
    alone = metrics(metric("revenue", decomposition="sum"))
    assert not list(unsound_decompositions(alone, all_are_known=False))


@pytest.mark.parametrize(
    ("whole", "part", "text"),
    [
        (
            {"decomposition": "sum"},
            {"kind": "proportion"},
            "part.config.meta.experiment.parent is the sum 'whole', of kind proportion itself, its "
            "kind must be mean.",
        ),
        (
            {"decomposition": "product"},
            {"kind": "gini", "gini": {"over": "unit"}},
            "of kind gini itself, its kind must be mean or proportion or ratio.",
        ),
        (
            {"decomposition": "sum", "kind": "proportion"},
            {},
            "decomposition == 'sum' on a metric of kind proportion, its kind must be mean.",
        ),
        (
            {"decomposition": "sum", "window": {"days": 7}},
            {},
            "part.config.meta.experiment.window is not that of the sum 'whole', it and its parent",
        ),
        (
            {"decomposition": "sum"},
            {"winsorize": {"upper": 0.9}},
            "part.config.meta.experiment.winsorize is declared on the sum 'whole' or on a child",
        ),
        (
            {"decomposition": "product", "transform": "log1p"},
            {},
            "whole.config.meta.experiment.transform is declared on the product 'whole'",
        ),
        (
            {"decomposition": "sum"},
            {"missing": "exclude"},
            "part.config.meta.experiment.missing is declared on the sum 'whole' or on a child",
        ),
    ],
)
def test_terms_that_cannot_add_up_are_told(
    whole: dict[str, Any], part: dict[str, Any], text: str
) -> None:
    (line,) = told(metric("whole", **whole), metric("part", **{"parent": "whole", **part}))
    assert text in line


def test_equal_windows_may_be_spelt_differently() -> None:
    assert not found(
        metric("whole", decomposition="sum", window={"days": 7}),
        metric("part", parent="whole", window={"hours": 168}),
    )
