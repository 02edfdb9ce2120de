"""A filter is resolved against the metric's own fact, or refused with its place."""

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from abstats.spec.fact import Fact, read_fact
from abstats.spec.filters import DIALECTS, Filter, condition
from abstats.spec.problems import Problem

from .examples import fact

CLICKS: Fact = read_fact(fact(), {})


def resolved(*templates: str, of: Fact = CLICKS) -> tuple[str | None, list[Problem]]:
    problems: list[Problem] = []
    return condition(of, [Filter("m.yml", "minutes.filter", templates)], problems), problems


def sql(*templates: str) -> str | None:
    found, problems = resolved(*templates)
    assert problems == []
    return found


def complaint(template: str) -> str:
    found, (problem,) = resolved(template)
    assert found is None
    assert (problem.file, problem.key) == ("m.yml", "minutes.filter")
    return str(problem)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ Dimension('click__platform') }} = 'web'", "platform = 'web'"),
        ("{{ Dimension('click__is_mobile') }}", "(platform in ('ios', 'android'))"),
        ("not {{ Dimension('click__is_mobile') }}", "not (platform in ('ios', 'android'))"),
        ("{{ Entity('user') }} is not null", "user_id is not null"),
        ("{{ TimeDimension('click__clicked_at') }} > '2026-01-01'", "clicked_at > '2026-01-01'"),
        (
            "{{ TimeDimension('click__clicked_at', 'day') }} > '2026-01-01'",
            "date_trunc('day', clicked_at) > '2026-01-01'",
        ),
        (
            "{{ Dimension('click__clicked_at').grain('month') }} > '2026-01-01'",
            "date_trunc('month', clicked_at) > '2026-01-01'",
        ),
        ("minutes > 5 {# long ones #}", "minutes > 5"),
        ("platform like 'web; --%'", "platform like 'web; --%'"),
        (
            "platform ~ '^w' and minutes between 1 and 2",
            "platform ~ '^w' and minutes between 1 and 2",
        ),
        ("case when is_bot then false else true end", "case when is_bot then false else true end"),
    ],
)
def test_names_of_the_metrics_own_fact_become_its_columns(template: str, expected: str) -> None:
    assert sql(template) == expected


def test_all_filters_must_hold_and_each_stands_in_brackets() -> None:
    either = "{{ Dimension('click__platform') }} = 'web' or minutes > 5"
    assert sql(either, "is_paid") == "(platform = 'web' or minutes > 5) and (is_paid)"
    assert sql("is_paid", "is_paid") == "is_paid"
    assert condition(CLICKS, [], []) is None


@pytest.mark.parametrize(
    ("template", "message", "hint"),
    [
        ("{{ Dimension('click__platfrom') }} = 1", "has 'click__platfrom'", "'click__platform'?"),
        ("{{ Dimension('user__platform') }} = 1", "has 'user__platform'", "'click__platform'?"),
        ("{{ Dimension('platform') }} = 1", "has 'platform'", "'click__platform'?"),
        ("{{ TimeDimension('click__platform') }} = 1", "has 'click__platform'", ""),
        (
            "{{ Entity('usr') }} = 1",
            "has 'usr', must be an entity of 'fct_clicks': user",
            "'user'?",
        ),
        ("{{ Dimensoin('click__platform') }} = 1", "has 'Dimensoin'", "Did you mean 'Dimension'?"),
        ("{{ Metric('ctr') }} > 1", "has 'Metric'", ""),
        ("{{ var('x') }} > 1", "has 'var'", ""),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_one(
    template: str, message: str, hint: str
) -> None:
    text = complaint(template)
    assert message in text
    assert hint in text


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in [1] %}1{% endfor %} = 1",
        "{% set x = 1 %} x = 1",
        "{{ 7 * 7 }} = 49",
        "{{ Dimension('click__platform').__class__ }} = 1",
        "{{ Dimension('click__platform', entity_path=['user']) }} = 1",
        "{{ Dimension() }} = 1",
        "{{ Dimension('click__clicked_at').grain('fortnight') }} = 1",
        "{{ Dimension('click__platform') = 1",
    ],
)
def test_other_jinja_is_refused(template: str) -> None:
    text = complaint(template)
    assert "cannot be read as Jinja" in text
    assert "must be SQL with Dimension, TimeDimension, Entity in {{ }} and no other Jinja" in text


@pytest.mark.parametrize(
    "template",
    [
        "minutes > 5; drop table events",
        "minutes > 5) or (1 = 1",
        "minutes > 5 group by 1",
        "minutes > 5 limit 1",
        "minutes > 5, true",
        "minutes > 5 as x",
        "minutes > 5 -- not yet",
        "minutes > 5 /* not yet */",
        "sum(minutes) > 5",
        "row_number() over (order by minutes) = 1",
        "user_id in (select 1)",
        "minutes + 5",
        "5",
        "*",
        "",
        "minutes >",
        "drop table events",
    ],
)
def test_what_is_not_one_condition_on_an_event_is_refused(template: str) -> None:
    assert "must be one SQL condition on an event" in complaint(template)


def test_every_unknown_name_of_a_filter_is_told() -> None:
    _, problems = resolved("{{ Dimension('click__a') }} = {{ Dimension('click__b') }}")
    assert [problem.message for problem in problems] == ["has 'click__a'", "has 'click__b'"]


BITS = st.sampled_from(
    ["a", "b", ">", "=", "(", ")", "'", "--", ";", ",", " and ", " or ", "/*", "*/", "5", "\n",
     " select ", " from ", " then 1 end", " when ", "{{", "}}", "{#",
     "Dimension('click__platform')"]
)  # fmt: skip


@given(st.text(max_size=40) | st.lists(BITS, max_size=12).map("".join))
@settings(deadline=None)
def test_no_text_escapes_its_brackets(text: str) -> None:
    """Whatever is let through stands in a `case when` and changes nothing around it."""
    found, problems = resolved(text)
    assert (found is None) == bool(problems)
    assert all("\n" not in str(problem) for problem in problems)
    if found is not None:
        trees = [_select(f"select case when {found} then 1 end, 2", name) for name in DIALECTS]
        assert any(tree is not None and len(tree.expressions) == 2 for tree in trees)


def _select(text: str, dialect: str | None) -> exp.Select | None:
    try:
        tree = sqlglot.parse_one(text, dialect=dialect)
    except sqlglot.errors.SqlglotError:
        return None
    return tree if isinstance(tree, exp.Select) else None


@pytest.mark.parametrize("dimension", ["platform", "is_mobile"])
def test_the_condition_runs_on_the_facts_columns(dimension: str) -> None:
    where = sql(f"{{{{ Dimension('click__{dimension}') }}}} = any_value", "minutes > 1")
    assert where is not None
    rows = duckdb.sql(
        f"select count(*) from (select 'ios' as platform, 2 as minutes) where "
        f"{where.replace('any_value', 'platform' if dimension == 'platform' else 'true')}"
    ).fetchone()
    assert rows == (1,)
