"""dbt's filters: Jinja over a semantic model in, an SQL condition over the fact's columns out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import sqlglot
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlglot import exp

from abstats.spec.fact import Fact
from abstats.spec.problems import Problem, nearest, shown

FUNCTIONS = ("Dimension", "TimeDimension", "Entity")
GRAINS = (
    "microsecond", "millisecond", "second", "minute", "hour",
    "day", "week", "month", "quarter", "year",
)  # fmt: skip
DIALECTS = (None, "duckdb", "postgres", "spark")
"""A condition must be readable in one of them; the engine reads it as it is written."""

_PARTS = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Call, nodes.Name, nodes.Const,
    nodes.Getattr, nodes.Keyword,
)  # fmt: skip
_NO_CONDITIONS = (
    exp.Literal, exp.Alias, exp.Star, exp.Tuple, exp.Neg, exp.Add, exp.Sub, exp.Mul, exp.Div,
    exp.DPipe, exp.Null,
)  # fmt: skip


class Filter(NamedTuple):
    """A filter as dbt has it.

    Attributes:
        file: The file it stands in.
        key: Its path, "ctr.numerator.filter".
        templates: Its conditions, raw Jinja; all must hold.
    """

    file: str
    key: str
    templates: tuple[str, ...]


def filters_in(file: str, key: str, declared: Mapping[str, Any] | None) -> Iterator[Filter]:
    """The filter under a key of dbt's graph, if there is one."""
    templates = tuple(
        str(item["where_sql_template"]) for item in (declared or {}).get("where_filters") or ()
    )
    if templates:
        yield Filter(file, key, templates)


def condition(fact: Fact, filters: Iterable[Filter], problems: list[Problem]) -> str | None:
    """The condition that an event must meet: all filters of a measure, ANDed.

    Args:
        fact: The measure's fact, whose dimensions and entities a filter may name.
        filters: The filters, of the metric and of those above it.
        problems: What is wrong with them is added here.

    Returns:
        SQL over the fact's columns in the words of the host's engine; None without filters.
    """
    rendered = [
        sql
        for one in filters
        for template in one.templates
        if (sql := _rendered(fact, one, template, problems)) is not None
    ]
    conditions = list(dict.fromkeys(rendered))
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return " and ".join(f"({sql})" for sql in conditions)


def _rendered(fact: Fact, one: Filter, template: str, problems: list[Problem]) -> str | None:
    names = _Names(fact)
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    environment.globals = {name: getattr(names, name) for name in FUNCTIONS}
    environment.filters = {}
    environment.tests = {}
    rule = f"must be SQL with {', '.join(FUNCTIONS)} in {{{{ }}}} and no other Jinja"
    try:
        for node in _nodes(environment.parse(template)):
            if not isinstance(node, _PARTS):
                raise TemplateError(f"it has {type(node).__name__.lower()}")
            if isinstance(node, nodes.Name) and node.name not in FUNCTIONS:
                problems.append(
                    Problem(
                        one.file,
                        one.key,
                        f"has {node.name!r}",
                        rule,
                        nearest(node.name, FUNCTIONS),
                    )
                )
                return None
        sql = environment.from_string(template).render().strip()
    except (TemplateError, TypeError) as error:
        reason = shown(str(error), 100)[1:-1].rstrip(".")
        problems.append(Problem(one.file, one.key, f"cannot be read as Jinja: {reason}", rule))
        return None
    found = [*names.problems, *_no_condition(sql)] if not names.problems else names.problems
    problems += [Problem(one.file, one.key, *words) for words in found]
    return None if found else sql


def _nodes(tree: nodes.Node) -> Iterator[nodes.Node]:
    yield tree
    for child in tree.iter_child_nodes():
        yield from _nodes(child)


class _Column(str):
    """SQL of a dimension; `.grain('day')` truncates it."""

    def grain(self, grain: str) -> str:
        return _truncated(self, grain)


class _Names:
    """What a filter may call: methods named as dbt's functions."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self.problems: list[tuple[str, str, str]] = []

    def Dimension(self, name: str) -> _Column:  # noqa: N802
        """SQL of `<primary entity>__<dimension>`."""
        return self._column(name, self.fact.dimensions)

    def TimeDimension(self, name: str, grain: str | None = None) -> str:  # noqa: N802
        """SQL of a time dimension, truncated to a grain if one is given."""
        column = self._column(name, self.fact.times)
        return column if grain is None else _truncated(column, grain)

    def Entity(self, name: str) -> str:  # noqa: N802
        """SQL of an entity's key."""
        known = self.fact.entities
        if name not in known:
            rule = f"must be an entity of {self.fact.name!r}: {', '.join(known) or 'it has none'}"
            self.problems.append((f"has {shown(name)}", rule, nearest(str(name), known)))
            return "null"
        return _in_brackets(known[name])

    def _column(self, name: str, elements: Iterable[str]) -> _Column:
        prefix = f"{self.fact.primary_entity}__"
        by_path = {f"{prefix}{element}": element for element in elements}
        if name not in by_path:
            known = ", ".join(by_path) or "it has none"
            rule = f"must be a dimension of the metric's own fact {self.fact.name!r}: {known}"
            self.problems.append((f"has {shown(name)}", rule, nearest(str(name), by_path)))
            return _Column("null")
        return _Column(_in_brackets(self.fact.dimensions[by_path[name]]))


def _in_brackets(sql: str) -> str:
    return sql if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", sql) else f"({sql})"


def _truncated(column: str, grain: str) -> str:
    if str(grain).lower() not in GRAINS:
        hint = nearest(str(grain), GRAINS)
        raise TemplateError(f"the grain {shown(grain)} is none of {', '.join(GRAINS)}. {hint}")
    return f"date_trunc('{grain.lower()}', {column})"


def _no_condition(sql: str) -> list[tuple[str, str]]:
    """Why a text is not one condition on an event; empty where it is."""
    rule = "must be one SQL condition on an event, without comments, subqueries and aggregates"
    tree = _parsed(sql)
    if tree is None:
        return [(f"== {shown(sql)}", rule)]
    inner = tree.unnest()
    no_condition = isinstance(inner, _NO_CONDITIONS)
    too_much = tree.find(exp.Query, exp.AggFunc, exp.Window)
    has_comments = any(node.comments for node in tree.walk())
    # sqlglot reads an operator without its operand, and passes over a comma behind a bracket.
    is_incomplete = sql.lstrip().startswith(",") or any(
        node.error_messages() for node in tree.walk()
    )
    if no_condition or too_much is not None or has_comments or is_incomplete:
        return [(f"== {shown(sql)}", rule)]
    return []


def _parsed(sql: str) -> exp.Expr | None:
    """The one expression of a text; brackets around it keep clauses and commas out."""
    for dialect in DIALECTS:
        try:
            text = f"select case when ({sql}\n) then 1 end, 2"
            statements = sqlglot.parse(text, dialect=dialect)
        except sqlglot.errors.SqlglotError:
            continue
        if len(statements) != 1 or not isinstance(statements[0], exp.Select):
            continue
        select = statements[0]
        given = {key for key, value in select.args.items() if value}
        if given == {"expressions"} and len(select.expressions) == 2:
            case = select.expressions[0]
            only = case.args["ifs"][0].this if isinstance(case, exp.Case) else None
            return only if isinstance(only, exp.Paren) else None
    return None
