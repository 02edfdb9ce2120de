"""A sequential design in a spec: its keys, its dates, and what it is refused for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.spec import ExperimentSpec, MetricSpec
from abstats.spec.check import check_project
from abstats.spec.graph import read_metrics
from abstats.spec.horizon import horizon_of
from abstats.spec.look_dates import first_look, look_dates, matured_share

from .examples import EXPERIMENT, graph, parsed, simple

NAMES = ("ctr", "watch_minutes", "latency_ms", "orders")
FOUR = "{method: group_sequential, looks: 4}"


def metrics(**metas: dict[str, object]) -> list[MetricSpec]:
    nodes = [simple(name, {"experiment": metas.get(name, {})}) for name in NAMES]
    specs, problems = read_metrics(graph(*nodes))
    assert problems == []
    return specs


def told(design: str) -> list[str]:
    _, problems = parsed(f"{EXPERIMENT}  sequential: {design}\n", "x.yml")
    return [f"{problem.file} {problem}" for problem in problems]


def experiment(design: str = FOUR, text: str = EXPERIMENT) -> ExperimentSpec:
    spec, problems = parsed(f"{text}  sequential: {design}\n", "x.yml")
    assert problems == []
    assert spec is not None
    return spec


def refused(spec: ExperimentSpec, **metas: dict[str, object]) -> list[str]:
    return [f"{p.file} {p}" for p in check_project(metrics(**metas), [spec], None)]


@pytest.mark.parametrize(
    ("design", "line"),
    [
        ("group_sequential", "sequential == 'group_sequential', must be a mapping"),
        ("{looks: 4}", "method is missing, must be given"),
        ("{method: sequental, looks: 4}", "method == 'sequental', must be one of group_sequential"),
        ("{method: group_sequential}", "looks is missing, must be a whole number, a list of"),
        ("{method: group_sequential, looks: 0}", "looks == 0, must be >= 2. Without"),
        ("{method: group_sequential, looks: 1}", "looks == 1, must be >= 2. Without"),
        ("{method: group_sequential, looks: 2.5}", "looks == 2.5, must be a whole number"),
        ("{method: group_sequential, looks: true}", "looks == True, must be a whole number"),
        ("{method: group_sequential, looks: []}", "looks is an empty list, must name one look"),
        ("{method: group_sequential, looks: weekly}", "looks == 'weekly', must be a whole number"),
        (
            "{method: group_sequential, looks: [mondy]}",
            "looks[0] == 'mondy', must be a day (YYYY-MM-DD) or one of monday, tuesday, wednesday, "
            "thursday, friday, saturday, sunday. Did you mean 'monday'?",
        ),
        (
            "{method: group_sequential, looks: [monday, 2026-01-19]}",
            "looks has weekdays and days, must be a whole number",
        ),
        ("{method: group_sequential, looks: [monday, monday]}", "looks has monday again, a look"),
        (
            "{method: group_sequential, looks: 4, spending: pocok}",
            "spending == 'pocok', must be one of obrien_fleming, pocock, hwang_shih_decani, "
            "kim_demets. Did you mean 'pocock'?",
        ),
        (
            "{method: group_sequential, looks: 4, spending: hwang_shih_decani}",
            "gamma is missing, must be given with spending: hwang_shih_decani.",
        ),
        ("{method: group_sequential, looks: 4, rho: 3}", "rho == 3, must stand beside spending: k"),
        (
            "{method: group_sequential, looks: 4, spending: kim_demets, rho: 0}",
            "rho == 0, must be > 0.",
        ),
        ("{method: group_sequential, look: 4}", "Did you mean 'looks'?"),
        ("{method: always_valid}", "planned_units is missing, must be given with method: always_v"),
        (
            "{method: always_valid, planned_units: 9, looks: 3}",
            "looks == 3, every analysis date is a look of an always valid design. Take the key",
        ),
        ("{method: always_valid, planned_units: 9, spending: pocock}", "spends no error at looks"),
        ("{method: always_valid, planned_units: 9, futility: pocock}", "has no futility bounds"),
    ],
)
def test_a_mistake_is_told_with_key_value_and_rule(design: str, line: str) -> None:
    lines = told(design)
    assert any(found.startswith("x.yml:21 analysis.sequential") for found in lines)
    assert any(line in found for found in lines), lines


def test_half_or_more_of_alpha_leaves_no_room_for_one_sided_tests() -> None:
    text = EXPERIMENT.replace("alpha: 0.05", "alpha: 0.5") + f"  sequential: {FOUR}\n"
    _, (problem,) = parsed(text, "x.yml")
    assert "alpha must be < 0.5" in str(problem)


@pytest.mark.parametrize(
    "design",
    [
        FOUR,
        "{method: group_sequential, looks: [thursday, monday], futility: pocock}",
        "{method: group_sequential, looks: [2026-01-26, 2026-01-19], planned_units: 900}",
        "{method: group_sequential, looks: 2, spending: kim_demets, rho: 3}",
        "{method: always_valid, planned_units: 20000}",
    ],
)
def test_a_design_survives_canonical_json(design: str) -> None:
    spec = experiment(design)
    assert ExperimentSpec.model_validate_json(spec.canonical) == spec
    assert ExperimentSpec.model_validate_json(spec.canonical).spec_hash == spec.spec_hash


def test_spending_is_that_of_obrien_and_fleming_where_none_is_named() -> None:
    named = experiment("{method: group_sequential, looks: 4, spending: obrien_fleming}")
    assert experiment().spec_hash == named.spec_hash


def test_a_number_of_looks_matures_equal_shares_of_the_exposures_days() -> None:
    spec = experiment()
    days = look_dates(spec, metrics())
    assert days == (date(2026, 1, 18), date(2026, 1, 25), date(2026, 2, 1), date(2026, 2, 8))
    shares = [matured_share(spec, metrics()[0], day) for day in days]
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_weekdays_and_days_are_analysis_dates_and_the_end_is_always_a_look() -> None:
    weekly = experiment("{method: group_sequential, looks: [monday]}")
    mondays = [date(2026, 1, 12) + n * timedelta(days=7) for n in range(4)]
    assert look_dates(weekly, metrics()) == (*mondays, date(2026, 2, 8))
    chosen = experiment("{method: group_sequential, looks: [2026-01-20]}")
    assert look_dates(chosen, metrics()) == (date(2026, 1, 20), date(2026, 2, 8))


def test_every_date_from_the_first_mature_day_on_is_a_look_where_that_is_always_valid() -> None:
    spec = experiment("{method: always_valid, planned_units: 20000}")
    days = look_dates(spec, metrics())
    assert (days[0], days[-1], len(days)) == (date(2026, 1, 12), date(2026, 2, 8), 28)


def test_the_longest_window_decides_which_dates_can_be_looks() -> None:
    longer = metrics(orders={"window": {"days": 9, "hours": 12}})
    days = look_dates(experiment(), longer)
    assert days[-1] == date(2026, 2, 11)
    assert first_look(experiment(), longer) == date(2026, 1, 15)


@given(
    days=st.integers(2, 60),
    window=st.integers(1, 24 * 20),
    looks=st.integers(2, 60),
)
def test_looks_increase_and_stay_within_what_is_mature(days: int, window: int, looks: int) -> None:
    spec = experiment().model_copy(update={"end": date(2026, 1, 5) + timedelta(days=days)})
    measured = metrics(**{name: {"window": {"hours": window}} for name in NAMES})
    sequential = spec.analysis.sequential
    assert sequential is not None
    looks = min(looks, days)
    design = sequential.model_copy(update={"looks": looks})
    analysis = spec.analysis.model_copy(update={"sequential": design})
    spec = spec.model_copy(update={"analysis": analysis})
    found = look_dates(spec, measured)
    assert len(found) == looks
    assert list(found) == sorted(set(found))
    assert found[-1] == horizon_of(spec, measured).decided_on
    assert matured_share(spec, measured[0], found[0]) > 0
    assert matured_share(spec, measured[0], found[-1]) == 1.0


def test_without_a_design_there_are_no_looks() -> None:
    spec, _ = parsed(EXPERIMENT, "x.yml")
    assert spec is not None
    assert look_dates(spec, metrics()) == ()


def test_a_sound_design_has_no_problem() -> None:
    assert refused(experiment()) == []
    assert refused(experiment("{method: always_valid, planned_units: 20000}")) == []


def test_an_open_ended_total_is_refused_with_the_reason() -> None:
    open_ended = experiment(text=EXPERIMENT.replace("window: {days: 7}\n", ""))
    own = {"window": {"days": 1}}
    (line,) = refused(open_ended, ctr=own, watch_minutes=own, latency_ms=own)
    assert line == (
        "x.yml:14 metrics.guardrails[1] == 'orders' counts events until end, a sequential design "
        "needs a window of the metric or the experiment: where totals grow after their unit was "
        "counted, looks are correlated in no way that is known, and .08 reject for .05."
    )


@pytest.mark.parametrize("kind", ["conversion", "gini"])
def test_a_kind_that_does_not_count_a_unit_once_is_refused(kind: str) -> None:
    first, *others = metrics()
    changed = [first.model_copy(update={"kind": kind}), *others]
    (problem,) = check_project(changed, [experiment()], None)
    assert f"'ctr' of kind {kind}, has no sequential design: " in str(problem)


@pytest.mark.parametrize(
    ("looks", "lines"),
    [
        (
            "[2026-01-11, 2026-02-09]",
            [
                "has 2026-01-11, before units of the first day are mature, must be from "
                "2026-01-12 to 2026-02-08",
                "has 2026-02-09, after the end, must be from 2026-01-12 to 2026-02-08",
            ],
        ),
        ("[2026-02-08]", ["has no other date than the last, must name a look before"]),
        ("29", ["== 29, must be at most one per day of exposure, 28"]),
    ],
)
def test_looks_that_cannot_be_are_refused(looks: str, lines: list[str]) -> None:
    found = refused(experiment(f"{{method: group_sequential, looks: {looks}}}"))
    assert len(found) == len(lines)
    for line, problem in zip(lines, found, strict=True):
        assert f"analysis.sequential.looks {line}" in problem
