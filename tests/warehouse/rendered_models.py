"""The SQL models of the dbt package as dbt renders them for DuckDB, without dbt.

The text is that of the package's own files: Jinja renders the models and the macros, and
`modules.abstats` is what the plugin gives to dbt. A text is rendered once per declaration, since
Ibis compilation is the slow part.
"""

import datetime
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import ibis
import jinja2

from abstats.dbt_plugin import rendering
from abstats.dbt_plugin.jinja_module import FUNCTIONS
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.metric import MetricSpec
from abstats.warehouse import placeholders
from abstats.warehouse.measurement_plan import plan_measurement
from abstats.warehouse.unit_states import outcome_states
from abstats.warehouse.unit_totals import unit_totals_schema

PACKAGE = Path(__file__).resolve().parent.parent.parent / "dbt_project"
_DEFAULT_VARS: dict[str, Any] = {
    "timeline": "all",
    "analysis_date": None,
    "time_zone": "UTC",
    "minimum_cell_size": 10,
    "readers": [],
}


class Name(str):
    """A relation as `ref()` renders it."""

    __slots__ = ()
    is_table = True

    @property
    def identifier(self) -> str:
        """The table's name without its schema."""
        return self.rsplit(".", 1)[-1]


class LimitedName(Name):
    """The same under `--empty`: a subquery with a name of its own."""

    __slots__ = ()

    @property
    def identifier(self) -> str:
        """The table's name without its schema."""
        return self.rpartition("_dbt_limit_subq_")[2]


@dataclass(frozen=True, eq=False)
class Declared:
    """What a project declares, and the types of what it brings; equal only to itself.

    Attributes:
        experiments: The specs.
        metrics: The metrics.
        log: Name and column types of the exposure log.
        facts: Column types of each fact; a fact's table has its name.
        append_only: The facts whose rows are only ever added.
        vars: Vars that differ from the package's own.
    """

    experiments: tuple[ExperimentSpec, ...]
    metrics: tuple[MetricSpec, ...]
    log: Mapping[str, str]
    facts: Mapping[str, Mapping[str, str]]
    append_only: frozenset[str] = frozenset()
    vars: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """A rendered model.

    Attributes:
        name: Its name.
        sql: Its `select`.
        config: What it configures: materialized, unique_key, on_schema_change, post_hook.
        refs: The models it refers to.
    """

    name: str
    sql: str
    config: Mapping[str, Any]
    refs: tuple[str, ...]


def rendered(
    declared: Declared,
    name: str,
    analysis_date: str,
    *,
    is_incremental: bool,
    is_empty: bool = False,
) -> Model:
    """A model's text; sources stand in the schema `raw`, models in the current one."""
    # One model alone reads the var: the others are rendered once.
    key = analysis_date if name == "int_experiment_analysis_dates" else "2000-01-01"
    return _rendered(declared, name, key, is_incremental, is_empty)


@functools.cache
def _rendered(
    declared: Declared, name: str, analysis_date: str, is_incremental: bool, is_empty: bool
) -> Model:
    config: dict[str, Any] = {}
    refs: list[str] = []
    sources = {"exposure_log": declared.log, **declared.facts}

    def ref(model: str) -> Name:
        if model not in sources:
            refs.append(model)
        relation = f"raw.{model}" if model in sources else model
        if is_empty:
            return LimitedName(
                f"(select * from {relation} where false limit 0) _dbt_limit_subq_{model}"
            )
        return Name(relation)

    def configure(**settings: Any) -> str:
        config.update(settings)
        return ""

    def columns_in(relation: Name) -> list[SimpleNamespace]:
        # Of our own models text depends on the type of unit ids; a table that is made from itself
        # is only asked for where it has every column.
        types = sources.get(relation.identifier, {"unit_id": declared.log["unit_id"]})
        if relation == name == "int_experiment_unit_totals":
            plan = plan_measurement(declared.experiments, declared.metrics)
            types = {**unit_totals_schema(outcome_states(plan)), **types}
        return [SimpleNamespace(name=name, data_type=type_) for name, type_ in types.items()]

    variables = {
        **_DEFAULT_VARS,
        "experiment_exposures": "exposure_log",
        "experiments_path": "experiments",
        "facts": list(declared.facts),
        **declared.vars,
        "analysis_date": analysis_date,
    }
    context: dict[str, Any] = {
        "adapter": SimpleNamespace(
            type=lambda: "duckdb",
            quote=lambda column: f'"{column}"',
            dispatch=lambda macro, _: getattr(context["abstats"], f"default__{macro}"),
            get_columns_in_relation=columns_in,
        ),
        "config": configure,
        "dbt": SimpleNamespace(
            type_string=lambda: "varchar",
            type_timestamp=lambda: "timestamp",
            type_bigint=lambda: "bigint",
            string_literal=lambda text: f"'{text}'",
            dateadd=lambda part, n, expression: f"{expression} + interval ({n}) {part}",
        ),
        "exceptions": SimpleNamespace(raise_compiler_error=_raise),
        "execute": True,
        "graph": declared,
        "is_incremental": lambda: is_incremental,
        "load_relation": lambda this: this if is_incremental else None,
        "modules": SimpleNamespace(
            abstats=SimpleNamespace(**{name: _rendering(name, declared) for name in FUNCTIONS}),
            datetime=datetime,
            re=re,
        ),
        "ref": ref,
        "return": _return,
        # What is frozen is asked from the warehouse; no declaration here has a quantile.
        "run_query": lambda _: SimpleNamespace(rows=[]),
        "run_started_at": datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC),
        "should_full_refresh": lambda: False,
        "target": SimpleNamespace(type="duckdb"),
        "this": Name(name),
        "var": variables.__getitem__,
    }
    context["abstats"] = _Macros(context)
    (file,) = PACKAGE.glob(f"models/*/{name}.sql")
    with _compiled_once():
        sql = _environment().from_string(file.read_text()).render(context)
        if "post_hook" in config:
            # A hook is text that dbt renders when it runs: while it parses, a ref is the model.
            config["post_hook"] = _environment().from_string(config["post_hook"]).render(context)
    return Model(name, sql, config, tuple(dict.fromkeys(refs)))


class _ReturnedError(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


def _return(value: Any) -> None:
    """dbt's `return`: the macro ends with this value."""
    raise _ReturnedError(value)


def _raise(message: str) -> None:
    raise ValueError(message)


class _Macros:
    """The package's macros as `abstats.<name>(...)`."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Callable[..., Any]:
        template = _macro_templates()[name]

        def call(*arguments: Any, **named: Any) -> Any:
            macro = getattr(template.make_module(dict(self._context)), name)
            try:
                return macro(*arguments, **named)
            except _ReturnedError as returned:
                return returned.value

        return call


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)


@functools.cache
def _macro_templates() -> Mapping[str, jinja2.Template]:
    templates = {}
    for file in PACKAGE.glob("macros/*.sql"):
        text = file.read_text()
        if "materialization" not in file.name:
            names = re.findall(r"{%-?\s*macro (\w+)\(", text)
            templates |= dict.fromkeys(names, _environment().from_string(text))
    return templates


def _rendering(name: str, declared: Declared) -> Callable[..., Any]:
    """A function of the plugin for a project that needs no files."""
    if name == "declared_segments":
        return lambda _: sorted({s for spec in declared.experiments for s in spec.segments})

    def call(*arguments: Any) -> Any:
        with patch.object(rendering, "read_project", lambda graph, *_: graph):
            return getattr(rendering, name)(Path(), *arguments)

    return call


@functools.cache
def _to_sql(expression: Any, dialect: str) -> str:
    return str(ibis.to_sql(expression.to_expr(), dialect=dialect))


def _compiled_once() -> Any:
    """Expressions that were compiled before are not compiled again."""
    once = SimpleNamespace(
        to_sql=lambda expression, dialect: _to_sql(expression.op(), dialect), table=ibis.table
    )
    return patch.object(placeholders, "ibis", once)
