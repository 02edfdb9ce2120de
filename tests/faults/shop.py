"""A shop whose rows are read in one of two states: before and after much has changed."""

from datetime import datetime, timedelta
from pathlib import Path

import yaml

from tests.deployments.host_project import HostProject
from tests.engines.warehouses import Warehouse
from tests.engines.world import Row, Table

START = datetime(2026, 1, 5)
FIRST_READ = datetime(2026, 1, 9)
COLUMNS = {
    "exposures": {
        "experiment_id": "varchar",
        "user_id": "bigint",
        "variant_id": "varchar",
        "exposed_at": "timestamp",
    },
    "orders": {
        "user_id": "bigint",
        "ordered_at": "timestamp",
        "amount": "double precision",
        "items": "bigint",
    },
    "visits": {"user_id": "bigint", "visited_at": "timestamp"},
}
TIME = {"exposures": 3, "orders": 1, "visits": 1}


def project_on(warehouse: Warehouse, root: Path) -> HostProject:
    """The small shop's dbt project with a frozen cap, and both states of its rows."""
    project = HostProject.copy_of("tiny", root)
    project.edit(
        "metrics/fct_orders.yml",
        "expr: amount\n        config: {meta: {experiment: {direction: increase}}}",
        "expr: amount\n        config: {meta: {experiment: {direction: increase, "
        "winsorize: {upper: 0.9}}}}",
    )
    project.edit(
        "experiments/checkout.yml",
        "analysis:",
        "window: {days: 1}\nsegments: [platform]\nanalysis:",
    )
    project.edit(
        "models/stg_shop__experiment_exposures.sql",
        "    exposed_at\n",
        "    exposed_at,\n    case when user_id % 3 = 0 then 'app' else 'web' end as platform\n",
    )
    profile = {"deployment": {"target": "it", "outputs": {"it": warehouse.target}}}
    (root / "profiles" / "profiles.yml").write_text(yaml.safe_dump(profile))
    project.install()
    before, after = _rows()
    for state, rows in (("before", before), ("after", after)):
        warehouse.load({f"{name} {state}": Table(COLUMNS[name], rows[name]) for name in COLUMNS})
    read(warehouse, "before")
    warehouse.execute(
        *(
            f'create view raw.{name} as select * from raw."{name} before" '
            f"where exists (select 1 from raw.state where name = 'before') union all "
            f'select * from raw."{name} after" '
            f"where exists (select 1 from raw.state where name = 'after')"
            for name in COLUMNS
        )
    )
    return project


def read(warehouse: Warehouse, state: str) -> None:
    """Let the next build read the rows `before` or `after`."""
    warehouse.load({"state": Table({"name": "varchar"}, [(state,)])})


def _rows() -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    after: dict[str, list[Row]] = {
        "exposures": [
            ("checkout", i, ("two_pages", "one_page")[i % 2], START + _minutes(i * 7919 % 10000))
            for i in range(80)
        ],
        "orders": [
            (
                i,
                START - timedelta(days=6) + _minutes((i * 31 + k * 3571) % 20000),
                float((i * 17 + k * 29) % 97 + (i % 2) * 5),
                (i + k) % 3 + 1,
            )
            for i in range(80)
            for k in range(6)
        ],
        "visits": [(i, START + _minutes(i * 613 % 12000)) for i in range(80)],
    }
    before = {
        name: [row for row in rows if row[TIME[name]] < FIRST_READ] for name, rows in after.items()
    }
    # Late events, one of them an outlier; duplicates; deletions; exposures that change.
    after["orders"] += [(7, START + timedelta(days=2), 1e9, 1), *after["orders"][10:20]]
    after["orders"] = [row for row in after["orders"] if row[0] % 30 != 2]
    after["visits"] = [
        row for row in after["visits"] if row[1].date() != (FIRST_READ - _DAY).date()
    ]
    after["exposures"] = [
        (experiment, user, "one_page" if user == 12 else variant, at - _DAY / 8 * (user == 11))
        for experiment, user, variant, at in after["exposures"]
        if user != 14
    ]
    return before, after


_DAY = timedelta(days=1)


def _minutes(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)
