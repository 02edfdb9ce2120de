"""The statements of a small plan in the dialects of engines that are not run here, as files.

`python -m tests.warehouse.dialect_snapshots`, in the repository's root, writes them anew: what a
change does to a statement is then a diff that can be read, in every dialect.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from abstats.spec.covariate import CupedSpec
from abstats.spec.values import GiniSpec, QuantileSpec, RetentionSpec, WinsorizeSpec
from abstats.warehouse import measurement_plan, unit_quantiles, value_counts
from abstats.warehouse.measurement_plan import plan_measurement
from tests.warehouse.statements import STATEMENTS
from tests.warehouse.worlds import experiment, measure, metric, part

FOLDER = Path(__file__).parent / "snapshots"
DIALECTS = ("bigquery", "databricks", "snowflake", "trino")

NO_CUPED = CupedSpec(enabled=False)
EVERY_KIND = (
    metric("total"),
    metric("capped", winsorize=WinsorizeSpec(upper=0.99), days=7, cuped=NO_CUPED),
    metric("rate", "ratio", days=5, denominator_fact="orders", cuped=NO_CUPED),
    metric("any_event", "proportion", cuped=NO_CUPED),
    metric("came_back", "retention", retention=RetentionSpec(from_day=1, to_day=7), cuped=NO_CUPED),
    metric("labels", agg="count_distinct", cuped=NO_CUPED),
    metric("conversion", "conversion", days=7, denominator_fact="orders", cuped=NO_CUPED),
    metric("p95", "quantile", quantile=QuantileSpec(p=0.95), cuped=NO_CUPED),
    metric("gini", "gini", gini=GiniSpec(over="user"), cuped=NO_CUPED),
    metric(
        "score",
        "composite",
        parts=(part("total", 2.0, measure("value"), standardise="pre_period"),),
        cuped=NO_CUPED,
    ),
)
PLAN = plan_measurement(
    [
        experiment(
            "e1",
            [spec.name for spec in EVERY_KIND],
            segments=["platform"],
            analysis={"cross_checks": {"bootstrap": 1000}},
        )
    ],
    EVERY_KIND,
)
_LEVELS = {"p95": [0.9, 0.99]}
_POINTS = measurement_plan.POINTS[:2]
_POINT_VALUES = measurement_plan.POINT_VALUES[:2]


def snapshots(dialect: str) -> Iterator[tuple[str, str]]:
    """By the statement's name what its file must hold: the text without its indentation."""
    with _short_grids():
        for name, statement in STATEMENTS.items():
            sql = statement(PLAN, _LEVELS, dialect)
            yield name, _settled("".join(f"{line.strip()}\n" for line in sql.strip().splitlines()))


def file_of(dialect: str, name: str) -> Path:
    """Where the snapshot of a statement is."""
    return FOLDER / dialect / f"{name}.sql.txt"


def _settled(sql: str) -> str:
    """Without what Ibis writes differently in every process: the order of a set, drawn names."""
    drawn = dict.fromkeys(re.findall(r"\bibis_\w+_[0-9a-z]{26}\b|(?<=')[0-9a-f]{32}(?=')", sql))
    for i, name in enumerate(drawn):
        sql = sql.replace(name, f"drawn_{i}")
    return re.sub(
        r"\b(EXCEPT|EXCLUDE) \(([`\"]\w+[`\"](?:, [`\"]\w+[`\"])*)\)",
        lambda found: f"{found[1]} ({', '.join(sorted(found[2].split(', ')))})",
        sql,
    )


@contextmanager
def _short_grids() -> Iterator[None]:
    """Grids of quantiles with two points: those of a project have 64, each with the same text."""
    both = {"POINTS": _POINTS, "POINT_VALUES": _POINT_VALUES}
    with (
        patch.multiple(measurement_plan, **both),
        patch.multiple(unit_quantiles, **both),
        patch.object(value_counts, "POINTS", _POINTS),
    ):
        yield


def renew() -> None:
    """Write all files; those that no statement has any more are gone."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for dialect in DIALECTS:
        (FOLDER / dialect).mkdir(parents=True)
        for name, text in snapshots(dialect):
            file_of(dialect, name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
