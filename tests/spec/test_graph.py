from typing import Any

import pytest

from abstats.spec.graph import declared_metrics, read_metrics

from .examples import fact, graph, ratio, simple

USED: dict[str, Any] = {"experiment": {}}


def told(*metrics: dict[str, Any], facts: tuple[dict[str, Any], ...] = ()) -> list[str]:
    _, problems = read_metrics(graph(*metrics, facts=facts))
    return [f"{problem.file}: {problem}" for problem in problems]


def test_only_metrics_marked_for_experiments_are_read() -> None:
    metrics, problems = read_metrics(graph(simple("clicks"), simple("minutes", USED)))
    assert problems == []
    assert [metric.name for metric in metrics] == ["minutes"]


def test_a_simple_metric_takes_its_measure_from_the_fact() -> None:
    meta = {"experiment": {"direction": "decrease", "parent": "speed", "window": {"hours": 36}}}
    (metric,), problems = read_metrics(graph(simple("latency", meta, agg="sum", expr="ms / 1000")))
    assert problems == []
    assert (metric.kind, metric.direction, metric.parent) == ("mean", "decrease", "speed")
    assert metric.label == "The latency"
    assert metric.window is not None
    assert metric.window.total_hours == 36
    measure = metric.numerator
    assert (measure.fact, measure.fact_unique_id) == ("fct_clicks", "model.host.fct_clicks")
    assert (measure.agg, measure.expr, measure.time_column) == ("sum", "ms / 1000", "clicked_at")
    assert measure.entities == {"user": "user_id"}
    assert metric.denominator is None


def test_a_ratio_takes_two_measures_from_plain_metrics() -> None:
    metrics, problems = read_metrics(
        graph(simple("clicks"), simple("shown", agg="count"), ratio("ctr", "clicks", "shown", USED))
    )
    assert problems == []
    (ctr,) = metrics
    assert ctr.kind == "ratio"
    assert ctr.denominator is not None
    assert (ctr.numerator.agg, ctr.denominator.agg) == ("sum", "count")


def test_without_an_expression_the_column_has_the_name_of_the_metric() -> None:
    (metric,), _ = read_metrics(graph(simple("is_click", USED, agg="sum_boolean", expr=None)))
    assert metric.numerator.expr == "is_click"


def test_an_edit_of_the_sql_of_a_fact_changes_the_definition_hash() -> None:
    project = graph(simple("minutes", USED))
    (before,), _ = read_metrics(project)
    project["nodes"]["model.host.fct_clicks"]["raw_code"] += " where not is_bot"
    (after,), _ = read_metrics(project)
    assert before.definition_hash != after.definition_hash


def test_the_time_of_a_metric_may_be_another_column_than_the_facts() -> None:
    times = [
        *fact()["dimensions"],
        {
            "name": "seen",
            "type": "time",
            "expr": "first_seen_at",
            "type_params": {"time_granularity": "millisecond"},
        },
    ]
    project = graph(
        simple("minutes", USED, agg_time_dimension="seen"), facts=(fact(dimensions=times),)
    )
    (metric,), problems = read_metrics(project)
    assert problems == []
    assert metric.numerator.time_column == "first_seen_at"


def test_a_fact_without_a_time_column_is_refused() -> None:
    (line,) = told(simple("minutes", USED), facts=(fact(defaults={"agg_time_dimension": None}),))
    assert line == (
        "metrics/fct_clicks.yml: minutes.agg_time_dimension is missing, fact 'fct_clicks' must say "
        "which column is the time of its events. Set agg_time_dimension on the model; its time "
        "dimensions: clicked_at, click_date."
    )


@pytest.mark.parametrize("granularity", ["day", "week", "month", "quarter", "year", "DAY"])
def test_a_date_does_not_tell_before_from_after(granularity: str) -> None:
    times = [{"name": "d", "type": "time", "type_params": {"time_granularity": granularity}}]
    model = fact(dimensions=times, defaults={"agg_time_dimension": "d"})
    (line,) = told(simple("minutes", USED), facts=(model,))
    assert f"== 'd' of granularity '{granularity.lower()}', must be finer than a day" in line


def test_an_unknown_time_column_gets_the_nearest_name() -> None:
    (line,) = told(simple("minutes", USED, agg_time_dimension="click_at"))
    assert "Did you mean 'clicked_at'?" in line


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"agg": "sum_of_squares"}, "minutes.agg == 'sum_of_squares'"),
        ({"fill_nulls_with": 0}, "minutes.fill_nulls_with"),
        ({"join_to_timespine": True}, "minutes.join_to_timespine"),
        ({"non_additive_dimension": {"name": "clicked_at"}}, "minutes.non_additive_dimension"),
    ],
)
def test_settings_of_dbt_that_change_numbers_are_refused(changes: dict[str, Any], key: str) -> None:
    for used in (
        told(simple("minutes", USED, **changes)),
        told(simple("minutes", **changes), ratio("rate", "minutes", "minutes", USED)),
    ):
        line = used[0]
        assert f"{key} is not supported in this version of abstats" in line


@pytest.mark.parametrize(
    "changes",
    [
        {"offset_window": {"count": 7, "granularity": "day"}},
        {"offset_to_grain": "month"},
    ],
)
@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_offsets_inside_a_ratio_are_refused(changes: dict[str, Any], part: str) -> None:
    changed = {f"{part}_changes": changes}
    (line,) = told(simple("a"), simple("b"), ratio("rate", "a", "b", USED, **changed))
    assert f"rate.{part}.{next(iter(changes))} is not supported in this version" in line


def test_a_cumulative_metric_is_refused() -> None:
    (line,) = told(simple("minutes", USED) | {"type": "cumulative"})
    assert "minutes.type == 'cumulative' is not supported in this version of abstats" in line


@pytest.mark.parametrize("kind", ["proportion", "mean"])
def test_a_ratio_is_of_no_other_kind(kind: str) -> None:
    meta = {"experiment": {"kind": kind}}
    (line,) = told(simple("a"), simple("b"), ratio("rate", "a", "b", meta))
    assert f"rate.config.meta.experiment.kind == '{kind}' on a metric of type 'ratio'" in line


def test_a_simple_metric_is_no_ratio() -> None:
    (line,) = told(simple("minutes", {"experiment": {"kind": "ratio"}}))
    assert "kind == 'ratio' on a metric of type 'simple'" in line


def test_a_proportion_is_asked_for() -> None:
    project = graph(simple("bought", {"experiment": {"kind": "proportion"}}, agg="sum_boolean"))
    (metric,), problems = read_metrics(project)
    assert problems == []
    assert metric.kind == "proportion"


def test_a_ratio_may_be_over_two_facts() -> None:
    metrics, problems = read_metrics(
        graph(
            simple("a"),
            simple("b", fact="fct_orders"),
            ratio("rate", "a", "b", USED),
            facts=(fact(), fact("fct_orders")),
        )
    )
    assert problems == []
    assert [measure.fact for measure in metrics[0].measures] == ["fct_clicks", "fct_orders"]


def test_a_ratio_of_ratios_is_refused() -> None:
    (line,) = told(
        simple("a"), simple("b"), ratio("rate", "a", "b"), ratio("odd", "rate", "b", USED)
    )
    assert "odd.numerator == 'rate', itself of type 'ratio', is not supported" in line


def test_a_misspelt_key_gets_the_nearest_one() -> None:
    (line,) = told(simple("minutes", {"experiment": {"directon": "increase"}}))
    assert line.startswith(
        "metrics/fct_clicks.yml: minutes.config.meta.experiment.directon is not a known key"
    )
    assert line.endswith("Did you mean 'direction'?")


def test_a_misspelt_mark_is_noticed() -> None:
    (line,) = told(simple("minutes", {"experimnt": {"direction": "increase"}}))
    assert "minutes.config.meta.experimnt is not read by abstats" in line
    assert line.endswith("Did you mean 'experiment'?")


def test_meta_of_others_is_left_alone() -> None:
    meta = {"experimental": True, "owner": {"team": "search"}, "tier": 1}
    assert told(simple("minutes", meta)) == []


@pytest.mark.parametrize("value", [None, True, "yes", []])
def test_the_mark_is_a_mapping(value: object) -> None:
    (line,) = told(simple("minutes", {"experiment": value}))
    assert "must be a mapping of keys to values; {} takes every default" in line


@pytest.mark.parametrize(
    ("meta", "text"),
    [
        ({"direction": "up"}, "direction == 'up', must be one of increase, decrease."),
        ({"cuped": {"lookback_days": 0}}, "cuped.lookback_days == 0, must be > 0 and <= 3660."),
        ({"cuped": {"lookback_days": -7}}, "cuped.lookback_days == -7, must be > 0"),
        ({"window": {"days": 0}}, "window == 0 days and 0 hours, must be > 0 hours"),
        ({"missing": "drop"}, "missing == 'drop', must be one of zero, exclude."),
        ({"weight": 0}, "weight == 0, must be > 0."),
        ({"owner": 12}, "owner == 12, must be text. Put it in quotes."),
        ({"format": "percentage"}, "Did you mean 'percent'?"),
    ],
)
def test_a_wrong_value_is_told_with_its_rule(meta: dict[str, Any], text: str) -> None:
    (line,) = told(simple("minutes", {"experiment": meta}))
    assert text in line


def test_two_metrics_of_one_name_in_two_packages_are_refused() -> None:
    (line,) = told(
        simple("minutes", USED),
        simple("minutes", USED, package="other"),
        facts=(fact(), fact(package="other")),
    )
    assert "minutes.name == 'minutes', must be unique over all packages" in line
    assert "metric.host.minutes has it too" in line


def test_names_of_plain_metrics_are_dbts_business() -> None:
    metrics = (simple("minutes"), simple("minutes", package="other"))
    assert told(*metrics, facts=(fact(), fact(package="other"))) == []


def test_a_name_taken_by_abstats_is_refused() -> None:
    (line,) = told(simple("covariates", USED))
    assert "that name is taken by abstats" in line


def test_a_package_metric_finds_its_fact_though_dbt_names_the_wrong_package() -> None:
    metric = simple("minutes", USED, package="other")
    metric["depends_on"]["nodes"] = ["semantic_model.host.fct_clicks"]
    (spec,), problems = read_metrics(graph(metric, facts=(fact(package="other"),)))
    assert problems == []
    assert spec.numerator.fact_unique_id == "model.other.fct_clicks"


def test_a_metric_of_the_older_semantic_spec_is_refused() -> None:
    (line,) = told(simple("minutes", USED, metric_aggregation_params=None, measure={"name": "m"}))
    assert "minutes has no fact of its own, must be declared under `metrics:` of a model" in line


def test_problems_of_all_metrics_are_collected() -> None:
    lines = told(
        simple("a", {"experiment": {"directon": "x", "weight": -1}}, agg="mode"),
        simple("b", USED, fill_nulls_with=0),
    )
    assert len(lines) == 4


def test_broken_metrics_count_as_declared() -> None:
    project = graph(simple("a", {"experiment": {"directon": "x"}}), simple("b"))
    assert declared_metrics(project) == {"a"}
