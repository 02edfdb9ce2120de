from typing import Any

from abstats.spec import ExperimentSpec, MetricSpec
from abstats.spec.check import check_project
from abstats.spec.graph import read_metrics

from .examples import EXPERIMENT, derived, fact, graph, parsed, ratio, simple

NAMES = ("ctr", "watch_minutes", "latency_ms", "orders")


def metrics(**metas: dict[str, Any]) -> list[MetricSpec]:
    nodes = [simple(name, {"experiment": metas.get(name, {})}) for name in (*NAMES, *metas)]
    specs, problems = read_metrics(graph(*nodes))
    assert problems == []
    return specs


def experiment(text: str = EXPERIMENT) -> ExperimentSpec:
    spec, problems = parsed(text, "experiments/ranker_v2.yml")
    assert problems == []
    assert spec is not None
    return spec


def test_a_sound_project_has_no_problem() -> None:
    assert check_project(metrics(), [experiment()], ["fct_clicks"]) == []
    assert check_project([], [], None) == []


def test_an_unknown_metric_gets_its_line_and_the_nearest_name() -> None:
    text = EXPERIMENT.replace("[ctr]", "[crt]").replace("- orders", "- orderz")
    first, second = check_project(metrics(), [experiment(text)], None)
    assert f"{first.file} {first}" == (
        "experiments/ranker_v2.yml:10 metrics.primary[0] == 'crt', no metric of this name, must be "
        "the name of a dbt metric with config.meta.experiment. Did you mean 'ctr'?"
    )
    assert second.file == "experiments/ranker_v2.yml:14"
    assert second.hint == "Did you mean 'orders'?"


def test_a_metric_with_problems_of_its_own_is_not_unknown() -> None:
    known = [metric for metric in metrics() if metric.name != "ctr"]
    assert check_project(known, [experiment()], None, declared={"ctr"}) == []


def test_a_fact_without_the_experiments_unit_is_refused() -> None:
    text = EXPERIMENT.replace("unit: user", "unit: users")
    problems = check_project(metrics(), [experiment(text)], None)
    assert len(problems) == 4
    assert str(problems[0]) == (
        "metrics.primary[0] == 'ctr' of fact 'fct_clicks', its fact must have the experiment's "
        "unit 'users' as an entity; it has user. Did you mean 'user'?"
    )


def test_a_fact_that_is_not_listed_is_refused() -> None:
    problems = check_project(metrics(), [], ["fct_clcks"])
    assert len(problems) == len(NAMES)
    assert "is measured on fact 'fct_clicks', a fact must be in the var 'facts'" in str(problems[0])
    assert problems[0].hint == "Did you mean 'fct_clcks'?"


def over_two_facts(*entities: str) -> list[MetricSpec]:
    """A ratio, a mean with a covariate and a score; the second fact has these entities."""
    keys = [{"name": name, "type": "foreign", "expr": name} for name in entities]
    second = fact("fct_orders", entities=keys)
    specs, problems = read_metrics(
        graph(
            simple("clicks"),
            simple("orders", fact="fct_orders"),
            ratio("ctr", "clicks", "orders", {"experiment": {}}),
            simple("minutes", {"experiment": {"cuped": {"metrics": ["orders"]}}}),
            derived("score", "clicks + orders", ["clicks", "orders"], {"experiment": {}}),
            facts=(fact(), second),
        )
    )
    assert problems == []
    return specs


def test_every_fact_of_a_metric_needs_the_unit() -> None:
    for name in ("ctr", "minutes", "score"):
        known = [metric for metric in over_two_facts("session", "user") if metric.name == name]
        text = EXPERIMENT.replace("[ctr]", f"[{name}]").replace("unit: user", "unit: session")
        problems = check_project(known, [experiment(text)], None)
        (told,) = [str(problem) for problem in problems if "as an entity" in str(problem)]
        assert f"metrics.primary[0] == '{name}' of fact 'fct_clicks', its fact must have" in told


def test_facts_without_a_common_unit_are_refused() -> None:
    problems = check_project(over_two_facts("session"), [], None)
    lines = [str(problem) for problem in problems if "several facts" in str(problem)]
    assert [line.split()[0] for line in lines] == ["ctr", "minutes", "score"]
    assert lines[0] == (
        "ctr is measured on several facts, its facts must have an entity in common, the unit: "
        "'fct_clicks' has user; 'fct_orders' has session."
    )


def test_every_fact_of_a_metric_must_be_listed() -> None:
    problems = check_project(over_two_facts("user"), [], ["fct_clicks"])
    lines = [str(problem) for problem in problems if "var 'facts'" in str(problem)]
    assert [line.split()[0] for line in lines] == ["ctr", "minutes", "score"]
    assert all("is measured on fact 'fct_orders'" in line for line in lines)


def test_a_cycle_of_parents_is_told_once() -> None:
    looped = metrics(a1={"parent": "b1"}, b1={"parent": "c1"}, c1={"parent": "a1"})
    (problem,) = check_project(looped, [], None)
    assert str(problem) == (
        "a1.config.meta.experiment.parent == 'b1', a parent must not lead back: a1 > b1 > c1 > a1."
    )


def test_a_metric_that_is_its_own_parent_is_a_cycle() -> None:
    (problem,) = check_project(metrics(a1={"parent": "a1"}), [], None)
    assert problem.rule == "a parent must not lead back: a1 > a1"


def test_a_metric_below_a_cycle_is_not_blamed() -> None:
    looped = metrics(a1={"parent": "b1"}, b1={"parent": "b1"})
    (problem,) = check_project(looped, [], None)
    assert problem.key.startswith("b1.")


def test_a_parent_may_be_a_free_label() -> None:
    assert check_project(metrics(a1={"parent": "engagement"}), [], None) == []


def test_a_second_time_column_for_a_fact_is_refused() -> None:
    times = [
        {"name": name, "type": "time", "type_params": {"time_granularity": "second"}}
        for name in ("clicked_at", "shown_at")
    ]
    specs, _ = read_metrics(
        graph(
            simple("a1", {"experiment": {}}),
            simple("b1", {"experiment": {}}, agg_time_dimension="shown_at"),
            facts=(fact(dimensions=times),),
        )
    )
    (problem,) = check_project(specs, [], None)
    assert str(problem) == (
        "b1.agg_time_dimension == 'shown_at', of 'a1' on the same fact it is 'clicked_at', a "
        "second time column for a fact is not supported in this version of abstats."
    )


def test_a_spec_made_in_code_is_named_by_its_experiment() -> None:
    spec = ExperimentSpec.model_validate_json(experiment().model_dump_json())
    problems = check_project([], [spec], None)
    assert {problem.file for problem in problems} == {"experiment ranker_v2"}


def test_a_proportion_cannot_change_by_more_than_one() -> None:
    """Percentage points written as 2 would be found only after tables were written."""
    text = EXPERIMENT.replace("- orders", "- {metric: orders, absolute_margin: 2}")
    assert text != EXPERIMENT
    known = metrics(orders={"kind": "proportion"})
    (problem,) = check_project(known, [experiment(text)], None)
    assert problem.file.startswith("experiments/ranker_v2.yml:")
    assert "absolute_margin == 2 for a proportion, must be < 1" in str(problem)
    days = {"kind": "retention", "retention": {"from_day": 1, "to_day": 8}}
    problems = check_project(metrics(orders=days), [experiment(text)], None)
    assert any("absolute_margin == 2 for a retention, must be < 1" in str(p) for p in problems)
    small = text.replace("absolute_margin: 2", "absolute_margin: 0.02")
    assert check_project(known, [experiment(small)], None) == []
    same = EXPERIMENT.replace("[ctr]", "[{metric: orders, absolute_equivalence_margin: 2}]")
    (problem,) = check_project(known, [experiment(same.replace("    - orders\n", ""))], None)
    assert "primary[0].absolute_equivalence_margin == 2 for a proportion, must be" in str(problem)
