"""What is stale, and why: declarations against tables, day by day."""

from datetime import date, datetime, timedelta

import pytest
from dbt.contracts.graph.manifest import Manifest

from abstats.cli.status.built import Built, BuiltExperiment
from abstats.cli.status.declared import Declared, stamped_tables
from abstats.cli.status.page import next_steps
from abstats.cli.status.standing import Status, status_of
from abstats.warehouse.measurement_plan import plan_measurement
from tests.warehouse.worlds import experiment, metric

RUN = {"start": date(2026, 1, 5), "end": date(2026, 2, 2)}
CLICKS, MINUTES = metric("clicks"), metric("minutes", days=7)
STAMPED = {
    "fct_experiment_results": frozenset[str](),
    "fct_experiment_decisions": frozenset({"fct_experiment_results"}),
}
NIGHTLY = datetime(2026, 1, 21, 6, 15)
"""The build of January 21st: data of the 20th is the last it may use."""


def declared(*experiments, metrics=(CLICKS, MINUTES)) -> Declared:
    return Declared(plan_measurement(experiments, metrics), {}, STAMPED)


def ranker(**changes):
    return experiment("ranker", ["clicks"], **{**RUN, **changes})


def built(*experiments, used=date(2026, 1, 20), state="running", at=NIGHTLY, **changes) -> Built:
    """The tables of a build that has just ended."""
    values = {
        "experiments": {
            spec.name: BuiltExperiment(spec.name, used, state, spec.spec_hash)
            for spec in experiments
        },
        "definitions": {spec.name: spec.definition_hash for spec in (CLICKS, MINUTES)},
        "computed_at": {name: at + timedelta(minutes=i) for i, name in enumerate(STAMPED)},
        "results_of": {spec.name: frozenset({spec.spec_hash}) for spec in experiments},
        "verdicts": {},
        "last_events": {"events": datetime.combine(used, datetime.max.time())},
    }
    return Built(**{**values, **changes})


def only(status: Status) -> tuple[str, str]:
    (row,) = status.experiments
    return row.state, row.detail


def test_after_a_build_that_used_yesterday_all_is_fresh() -> None:
    status = status_of(declared(ranker()), built(ranker()), NIGHTLY + timedelta(hours=8))
    assert only(status) == ("current", "running until 2026-02-02")
    assert [(row.name, row.state) for row in status.tables] == [
        ("fct_experiment_decisions", "fresh"),
        ("fct_experiment_results", "fresh"),
    ]
    assert [(fact.name, fact.days_behind) for fact in status.facts] == [("events", 0)]
    assert status.is_fresh
    assert next_steps(status) == ["Nothing: everything is built as it is declared."]


def test_the_next_morning_a_build_is_due() -> None:
    status = status_of(declared(ranker()), built(ranker()), datetime(2026, 1, 22, 0, 1))
    assert only(status) == ("due", "running until 2026-02-02, 1 day behind 2026-01-21")
    assert status.is_build_due
    assert not status.late_facts, "nobody has looked since the last build"
    assert next_steps(status) == ["dbt build --select +exposure:experiment_results"]


def test_a_load_that_stopped_is_late_and_a_build_alone_does_not_help() -> None:
    status = status_of(
        declared(ranker()), built(ranker(), used=date(2026, 1, 17)), NIGHTLY + timedelta(hours=1)
    )
    assert only(status) == ("waiting", "running until 2026-02-02, 3 days behind 2026-01-20")
    (fact,) = status.late_facts
    assert (fact.name, fact.days_behind, fact.needed) == ("events", 3, date(2026, 1, 20))
    assert not status.is_build_due
    assert not status.is_fresh
    assert next_steps(status) == [
        "Load events: it ended on 2026-01-17, 2026-01-20 was needed.",
        "Then: dbt build --select +exposure:experiment_results",
    ]


def test_a_build_as_of_an_earlier_date_left_out_days_that_the_data_had() -> None:
    last_events = {"events": datetime(2026, 1, 20, 23)}
    tables = built(ranker(), used=date(2026, 1, 10), last_events=last_events)
    assert only(status_of(declared(ranker()), tables, NIGHTLY + timedelta(hours=1)))[0] == "due"


def test_a_declared_experiment_that_was_never_built_is_due() -> None:
    status = status_of(declared(ranker()), built(), NIGHTLY)
    assert only(status) == ("due", "declared, never built")


def test_an_edited_experiment_is_due() -> None:
    status = status_of(declared(ranker(owner="somebody else")), built(ranker()), NIGHTLY)
    assert only(status) == ("due", "edited since the last build")


def test_an_edited_metric_makes_its_experiments_due_and_no_other() -> None:
    other = experiment("other", ["minutes"], **RUN)
    edited = metric("clicks", agg="count")
    status = status_of(
        declared(ranker(), other, metrics=(edited, MINUTES)), built(ranker(), other), NIGHTLY
    )
    assert [(row.name, row.state) for row in status.experiments] == [
        ("other", "current"),
        ("ranker", "due"),
    ]
    assert status.experiments[1].detail == "metrics edited since the last build: clicks"


def test_a_relabelled_metric_changes_nothing() -> None:
    relabelled = CLICKS.model_copy(update={"label": "Clicks per viewer"})
    status = status_of(declared(ranker(), metrics=(relabelled,)), built(ranker()), NIGHTLY)
    assert only(status)[0] == "current"


def test_an_experiment_whose_file_is_gone_is_in_the_tables_until_the_next_build() -> None:
    status = status_of(declared(), built(ranker()), NIGHTLY)
    assert only(status) == ("due", "its file is gone, the tables still have it")


def test_results_of_an_earlier_spec_than_the_dimension_are_due() -> None:
    tables = built(ranker(), results_of={"ranker": frozenset({"of earlier"})})
    status = status_of(declared(ranker()), tables, NIGHTLY)
    assert only(status) == ("due", "its results are of an earlier spec")


@pytest.mark.parametrize("now", [datetime(2026, 2, 10), datetime(2027, 1, 1)])
def test_an_ended_and_decided_experiment_needs_no_build_ever_after(now: datetime) -> None:
    tables = built(ranker(), used=date(2026, 2, 1), state="ended", verdicts={"ranker": ("ship",)})
    status = status_of(declared(ranker()), tables, now)
    assert only(status) == ("current", "ended and decided: ship")
    assert status.is_fresh


def test_a_window_is_waited_for_after_the_last_exposure() -> None:
    spec = experiment("slow", ["minutes"], **RUN)
    at = datetime(2026, 2, 20, 6)
    status = status_of(declared(spec), built(spec, used=date(2026, 2, 5), at=at), at)
    # Exposures end on February 1st, and the last unit is followed for seven days more.
    assert only(status) == ("waiting", "running until 2026-02-02, 3 days behind 2026-02-08")


def test_an_experiment_that_has_not_begun_needs_no_build() -> None:
    spec = ranker(start=date(2026, 3, 1), end=date(2026, 3, 29))
    status = status_of(declared(spec), built(spec, state="planned"), datetime(2026, 2, 20))
    assert only(status) == ("current", "planned, starts 2026-03-01")
    assert [fact.needed for fact in status.facts] == [None]


def test_a_fact_that_the_last_build_did_not_have_is_told() -> None:
    (fact,) = status_of(declared(ranker()), built(ranker(), last_events={}), NIGHTLY).facts
    assert (fact.is_known, fact.days_behind) == (False, 0)


def test_a_table_older_than_what_it_is_made_from_is_behind() -> None:
    stamps = {"fct_experiment_results": NIGHTLY, "fct_experiment_decisions": datetime(2026, 1, 20)}
    status = status_of(declared(ranker()), built(ranker(), computed_at=stamps), NIGHTLY)
    decisions, results = status.tables
    assert (decisions.state, decisions.newer) == ("behind", ("fct_experiment_results",))
    assert results.state == "fresh"
    assert status.is_build_due


def test_a_missing_table_is_to_be_built_and_an_empty_one_is_not() -> None:
    tables = built(ranker(), computed_at={"fct_experiment_results": None})
    status = status_of(declared(ranker()), tables, NIGHTLY)
    assert [row.state for row in status.tables] == ["missing", "empty"]
    assert status.is_build_due
    assert status.last_build is None


def test_a_project_without_models_has_no_tables() -> None:
    assert stamped_tables(Manifest()) == {}
