"""Each kind of metric from dbt's graph: what is read, and what does not go together."""

from typing import Any

import pytest

from abstats.spec import GiniSpec, MetricSpec, QuantileSpec, RetentionSpec, TransformSpec
from abstats.spec.graph import read_metrics

from .examples import conversion, derived, fact, graph, ratio, simple, where

USED: dict[str, Any] = {"experiment": {}}
WEB = where("{{ Dimension('click__platform') }} = 'web'")


def used(**meta: Any) -> dict[str, Any]:
    return {"experiment": meta}


def told(*metrics: dict[str, Any], facts: tuple[dict[str, Any], ...] = ()) -> list[str]:
    _, problems = read_metrics(graph(*metrics, facts=facts))
    return [str(problem) for problem in problems]


def read(*metrics: dict[str, Any], facts: tuple[dict[str, Any], ...] = ()) -> MetricSpec:
    """The last metric; the others are its inputs."""
    specs, problems = read_metrics(graph(*metrics, facts=facts))
    assert problems == []
    return next(spec for spec in specs if spec.name == metrics[-1]["name"])


@pytest.mark.parametrize("agg", ["sum", "count", "sum_boolean", "count_distinct"])
def test_a_unit_without_events_has_a_total_of_zero(agg: str) -> None:
    metric = read(simple("minutes", USED, agg=agg))
    assert (metric.numerator.agg, metric.missing) == (agg, "zero")
    assert read(simple("minutes", used(missing="exclude"), agg=agg)).missing == "exclude"


@pytest.mark.parametrize("agg", ["average", "min", "max"])
def test_a_unit_without_events_has_no_average(agg: str) -> None:
    metric = read(simple("minutes", USED, agg=agg))
    assert (metric.numerator.agg, metric.missing) == (agg, "exclude")
    assert read(simple("minutes", used(missing="zero"), agg=agg)).missing == "zero"


def test_the_last_value_takes_the_place_of_dbts_aggregation() -> None:
    metric = read(simple("level", used(per_unit="last_value"), agg="max"))
    assert (metric.numerator.agg, metric.missing) == ("last_value", "exclude")


@pytest.mark.parametrize(
    ("changes", "p"), [({"agg": "median"}, 0.5), ({"agg": "percentile", "percentile": 0.95}, 0.95)]
)
def test_dbts_percentiles_are_quantiles_over_events(changes: dict[str, Any], p: float) -> None:
    for meta in ({}, {"kind": "quantile"}, {"quantile": {"p": p}}):
        metric = read(simple("latency", used(**meta), **changes))
        assert (metric.kind, metric.quantile) == ("quantile", QuantileSpec(p=p, over="events"))
        assert (metric.numerator.agg, metric.missing) == ("sum", "exclude")
        assert not metric.cuped.enabled


def test_a_quantile_over_units_is_one_of_their_totals() -> None:
    quantile = {"p": 0.9, "over": "units"}
    metric = read(simple("minutes", used(kind="quantile", quantile=quantile), agg="count"))
    assert metric.quantile == QuantileSpec(p=0.9, over="units")
    assert (metric.numerator.agg, metric.missing) == ("count", "zero")


def test_a_quantile_over_events_ignores_how_dbt_aggregates_them() -> None:
    metric = read(simple("latency", used(kind="quantile", quantile={"p": 0.99}), agg="average"))
    assert metric.numerator.agg == "sum"


@pytest.mark.parametrize(
    ("meta", "changes", "text"),
    [
        ({"kind": "quantile"}, {}, "quantile is missing, must be given for kind quantile"),
        ({"quantile": {"p": 0.9}}, {}, "quantile stands beside kind 'mean', goes with kind: quant"),
        ({"kind": "quantile", "quantile": {"p": 1}}, {}, "quantile.p == 1, must be > 0 and < 1."),
        ({"kind": "quantile", "quantile": {"p": 0.9, "over": "unit"}}, {}, "must be one of events"),
        ({"kind": "mean"}, {"agg": "median"}, "kind == 'mean' beside dbt's percentile 0.5"),
        (
            {"quantile": {"p": 0.9}},
            {"agg": "median"},
            "quantile.p == 0.9, must be dbt's percentile, 0.5.",
        ),
        (
            {"quantile": {"p": 0.5, "over": "units"}},
            {"agg": "median"},
            "quantile.over == 'units', must be events",
        ),
        (
            {"kind": "quantile", "quantile": {"p": 0.5}},
            {"agg": "count"},
            "agg == 'count' for kind 'quantile', must be one of average, max, min, sum.",
        ),
        (
            {"kind": "quantile", "quantile": {"p": 0.5}, "missing": "zero"},
            {},
            "missing == 'zero', must be left out",
        ),
        (
            {"kind": "quantile", "quantile": {"p": 0.5}, "per_unit": "last_value"},
            {},
            "per_unit == 'last_value', goes with a simple metric that has one value per unit.",
        ),
        ({}, {"agg": "percentile", "percentile": 1.5}, "percentile == 1.5, must be > 0 and < 1."),
        ({}, {"agg": "percentile"}, "percentile is empty, must be > 0 and < 1."),
    ],
)
def test_what_is_no_quantile_is_told(
    meta: dict[str, Any], changes: dict[str, Any], text: str
) -> None:
    (line,) = told(simple("latency", used(**meta), **changes))
    assert text in line


@pytest.mark.parametrize(
    "meta",
    [{"kind": "proportion"}, {"kind": "retention", "retention": {"from_day": 1, "to_day": 8}}],
)
def test_any_distinct_value_is_any_event_with_a_value(meta: dict[str, Any]) -> None:
    assert read(simple("bought", used(**meta), agg="count_distinct")).numerator.agg == "count"


def test_a_retention_has_its_days_and_a_covariate() -> None:
    days = {"from_day": 1, "to_day": 8}
    metric = read(simple("visits", used(kind="retention", retention=days), agg="count"))
    assert metric.retention == RetentionSpec(from_day=1, to_day=8)
    assert metric.cuped.enabled
    assert metric.window is None


@pytest.mark.parametrize(
    ("meta", "changes", "text"),
    [
        ({"kind": "retention"}, {}, "retention is missing, must be given for kind retention."),
        ({"retention": {"from_day": 1, "to_day": 8}}, {}, "retention stands beside kind 'mean'"),
        (
            {"kind": "retention", "retention": {"from_day": 8, "to_day": 8}},
            {},
            "retention == from day 8 to day 8, to_day must be > from_day.",
        ),
        (
            {"kind": "retention", "retention": {"from_day": -1, "to_day": 8}},
            {},
            "retention.from_day == -1, must be >= 0.",
        ),
        (
            {"kind": "retention", "retention": {"from_day": 1, "to_day": 8}, "window": {"days": 8}},
            {},
            "has retention and window, must have no window: its days are the window.",
        ),
        (
            {"kind": "retention", "retention": {"from_day": 1, "to_day": 8}},
            {"agg": "average"},
            "agg == 'average' for kind 'retention', must be one of count, count_distinct, sum, sum",
        ),
        (
            {"kind": "retention", "retention": {"from_day": 1, "to_day": 8}, "missing": "exclude"},
            {},
            "missing == 'exclude', must be zero for kind retention.",
        ),
        ({"kind": "proportion"}, {"agg": "max"}, "agg == 'max' for kind 'proportion'"),
    ],
)
def test_what_is_no_retention_is_told(
    meta: dict[str, Any], changes: dict[str, Any], text: str
) -> None:
    (line,) = told(simple("visits", used(**meta), **changes))
    assert text in line


def test_a_conversion_counts_conversions_among_units_with_a_base_event() -> None:
    metric = read(
        simple("clicks", agg="count", filter=WEB),
        simple("orders", fact="fct_orders", agg="count"),
        conversion("bought", "clicks", "orders", used(window={"days": 7})),
        facts=(fact(), fact("fct_orders")),
    )
    assert metric.kind == "conversion"
    assert metric.numerator.fact == "fct_orders"
    assert metric.denominator is not None
    assert (metric.denominator.fact, metric.denominator.filter) == (
        "fct_clicks",
        "platform = 'web'",
    )
    assert metric.window is not None
    assert not metric.cuped.enabled


@pytest.mark.parametrize(
    ("meta", "changes", "text"),
    [
        ({}, {}, "experiment.window is missing, must be given for kind conversion."),
        ({"window": {"days": 7}, "cuped": True}, {}, "cuped is switched on, a metric of kind conv"),
        ({"window": {"days": 7}}, {"window": "7 days"}, "window is not supported in this version"),
        ({"window": {"days": 7}}, {"filter": WEB}, "filter is of both metrics, must stand on base"),
        ({"window": {"days": 7}}, {"calculation": "conversions"}, "must be conversion_rate"),
        ({"window": {"days": 7}}, {"constant_properties": [1]}, "constant_properties is not supp"),
        ({"window": {"days": 7}, "kind": "proportion"}, {}, "must be conversion for a dbt metric"),
    ],
)
def test_what_is_no_conversion_is_told(
    meta: dict[str, Any], changes: dict[str, Any], text: str
) -> None:
    inputs = (simple("clicks", agg="count"), simple("orders", agg="count"))
    (line,) = told(*inputs, conversion("bought", "clicks", "orders", used(**meta), **changes))
    assert text in line


@pytest.mark.parametrize("over", ["user", "unit"])
def test_a_gini_is_over_an_entity_or_the_units(over: str) -> None:
    metric = read(simple("views", used(kind="gini", gini={"over": over}), agg="count"))
    assert metric.gini == GiniSpec(over=over)
    assert not metric.cuped.enabled


@pytest.mark.parametrize(
    ("meta", "changes", "text"),
    [
        ({"kind": "gini"}, {}, "gini is missing, must be given for kind gini."),
        ({"kind": "gini", "gini": {"over": "creatr"}}, {}, "Did you mean 'creator'?"),
        (
            {"kind": "gini", "gini": {"over": "unit"}},
            {"agg": "max"},
            "agg == 'max' for kind 'gini'",
        ),
        ({"kind": "gini", "gini": {"over": "unit"}, "cuped": {}}, {}, "cuped is switched on"),
    ],
)
def test_what_is_no_gini_is_told(meta: dict[str, Any], changes: dict[str, Any], text: str) -> None:
    entities = [
        {"name": "user", "type": "foreign", "expr": "user_id"},
        {"name": "creator", "type": "foreign", "expr": "creator_id"},
    ]
    (line,) = told(simple("views", used(**meta), **changes), facts=(fact(entities=entities),))
    assert text in line


def test_a_covariate_that_is_switched_off_may_be_said_so() -> None:
    assert not read(simple("latency", used(cuped=False), agg="median")).cuped.enabled


def test_filters_of_a_ratio_and_of_its_inputs_all_hold() -> None:
    clicks = simple("clicks", agg="count", filter=where("minutes > 1"))
    changed = {"filter": where("minutes > 2")}
    rate = ratio("rate", "clicks", "shown", USED, numerator_changes=changed)
    metric = read(clicks, simple("shown"), rate | {"filter": where("minutes > 3")})
    assert metric.numerator.filter == "(minutes > 1) and (minutes > 2) and (minutes > 3)"
    assert metric.denominator is not None
    assert metric.denominator.filter == "minutes > 3"


def test_a_wrong_filter_is_told_with_the_key_it_stands_under() -> None:
    wrong = where("{{ Dimension('click__platfrm') }} = 'web'")
    lines = told(
        simple("a", filter=wrong),
        simple("b"),
        ratio("rate", "a", "b", USED, denominator_changes={"filter": wrong}),
    )
    assert [line.split()[0] for line in lines] == ["a.filter", "rate.denominator.filter"]
    assert all(line.endswith("Did you mean 'click__platform'?") for line in lines)


def test_a_filter_of_a_ratio_over_two_facts_must_hold_on_both() -> None:
    rate = ratio("rate", "a", "b", USED) | {"filter": WEB}
    other = fact("fct_orders", primary_entity="purchase")
    (line,) = told(simple("a"), simple("b", fact="fct_orders"), rate, facts=(fact(), other))
    assert "rate.filter has 'click__platform', must be a dimension of the metric's own" in line


def test_a_quantile_is_no_input_of_a_ratio() -> None:
    (line,) = told(simple("a", agg="median"), simple("b"), ratio("rate", "a", "b", USED))
    assert "rate.numerator == 'a', a quantile over events" in line


def test_a_ratio_with_an_average_leaves_units_without_one_out() -> None:
    metric = read(simple("a", agg="average"), simple("b"), ratio("rate", "a", "b", USED))
    assert metric.missing == "exclude"


def test_a_cap_and_a_transform_are_taken_as_they_are() -> None:
    capped = read(simple("minutes", used(winsorize={"upper": 0.999})))
    assert capped.winsorize is not None
    assert (capped.winsorize.upper, capped.winsorize.upper_value) == (0.999, None)
    logged = read(simple("minutes", used(transform="log1p")))
    assert logged.transform == TransformSpec(function="log1p")
    binary = read(simple("minutes", used(transform={"above": 30})))
    assert binary.transform == TransformSpec(function="above", above=30)


@pytest.mark.parametrize(
    ("meta", "changes", "text"),
    [
        ({"winsorize": {}}, {}, "winsorize has no cap, must have exactly one of upper and upper"),
        ({"winsorize": {"upper": 0.9, "upper_value": 3}}, {}, "winsorize has two caps"),
        ({"winsorize": {"upper": 0.5}}, {}, "winsorize.upper == 0.5, must be > 0.5 and < 1."),
        ({"winsorize": {"upper": 99.9}}, {}, "winsorize.upper == 99.9, must be > 0.5 and < 1."),
        ({"winsorize": {"upper": 0.9}, "kind": "proportion"}, {}, "winsorize stands beside kind"),
        ({"winsorize": {"upper": 0.9}}, {"agg": "max"}, "winsorize stands beside agg 'max'"),
        (
            {"winsorize": {"upper": 0.9}, "transform": "log1p"},
            {},
            "winsorize stands beside transform 'log1p', a value is capped or transformed, not both",
        ),
        ({"transform": "log"}, {}, "transform.function == 'log', must be one of log1p, above."),
        ({"transform": "above"}, {}, "transform == 'above' without a bound, must be log1p, or"),
        ({"transform": {"above": "x"}}, {}, "transform.above == 'x', must be a number."),
        ({"transform": {"abov": 3}}, {}, "transform.abov is not a known key"),
        ({"transform": "log1p", "kind": "proportion"}, {}, "transform stands beside kind 'propor"),
    ],
)
def test_a_value_is_reshaped_in_one_way_and_only_a_mean_is(
    meta: dict[str, Any], changes: dict[str, Any], text: str
) -> None:
    lines = told(simple("minutes", used(**meta), **changes))
    assert any(text in line for line in lines), lines


def test_a_derived_metric_of_another_kind_is_refused() -> None:
    (line,) = told(
        simple("a"), derived("score", "2 * aa", [{"name": "a", "alias": "aa"}], used(kind="mean"))
    )
    assert "must be composite for a dbt metric of type derived" in line
