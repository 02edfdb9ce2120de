"""A shop that was built undisturbed in both states of its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.built_before import DATA_TESTS
from tests.parsed_dbt import Ended, ParsedDbt

from . import shop
from .contents import TABLES, Contents, differing
from .warehouses import DuckDBFile, PostgresDatabase

# Tests of dbt only read: what is disturbed are the writes.
BUILD = (
    *("build", "--exclude-resource-type", *DATA_TESTS),
    *("--no-write-json", "--log-level-file", "none", "--no-use-colors"),
)
# The cap of a metric is frozen by the first of them, as the experiment is over in it.
STATES = ("after", "before")

# Definitions are those of both states; there are no cross-checks and no metrics in parts.
SAME = {
    *("dim_experiment_variants", "dim_metrics"),
    *("fct_experiment_cross_checks", "fct_experiment_contributions"),
}


class World(NamedTuple):
    """Builds, and what they should leave.

    Attributes:
        root: Folder of everything.
        warehouse: Where they are.
        dbt: What builds.
        undisturbed: State -> what a build leaves that nobody disturbs.
        seconds: How long such a build takes.
    """

    root: Path
    warehouse: DuckDBFile | PostgresDatabase
    dbt: ParsedDbt
    undisturbed: dict[str, Contents]
    seconds: float

    def heals(self, state: str) -> None:
        """A build that nobody disturbs leaves what it always leaves."""
        shop.read(self.warehouse, state)
        built(self.dbt)
        assert not differing(self.warehouse.contents(), self.undisturbed[state])


@contextmanager
def world_on(warehouse: DuckDBFile | PostgresDatabase, root: Path) -> Iterator[World]:
    """The world on an engine, as its last undisturbed build left it."""
    root.mkdir()
    project = shop.project_on(warehouse, root)
    with ParsedDbt(project.places(), root) as dbt:
        undisturbed = {}
        for state in STATES:
            shop.read(warehouse, state)
            ended = built(dbt)
            undisturbed[state] = warehouse.contents()
        same = set(TABLES) - set(differing(*undisturbed.values()))
        assert same == SAME, same ^ SAME
        yield World(root, warehouse, dbt, undisturbed, ended.seconds)


def built(dbt: ParsedDbt) -> Ended:
    """A build that nobody disturbs."""
    ended = dbt.run(*BUILD)
    assert ended.code == 0, ended.output
    return ended
