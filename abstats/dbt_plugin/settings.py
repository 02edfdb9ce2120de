"""The project's settings, as dbt resolved them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PACKAGE = "abstats"
_SETTINGS_NODE = f"model.{PACKAGE}.int_experiments_declared"


class Settings(NamedTuple):
    """The var block `vars: abstats:` of the project that is run.

    Attributes:
        experiments_path: Folder of the experiments' YAML, relative to the project's root.
        facts: Names of the dbt models that metrics are measured on.
        experiment_exposures: Name of the staging model of the exposure log.
        timeline: "all" analysis dates are computed, or the "latest".
        package_version: Version of the dbt package.
        minimum_cell_size: The fewest units whose numbers public tables show, as it was written.
    """

    experiments_path: str
    facts: tuple[str, ...]
    experiment_exposures: str | None
    timeline: str
    package_version: str
    minimum_cell_size: object

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Settings":
        """From what the package's macro `settings` returns."""
        return cls(
            experiments_path=str(values["experiments_path"]),
            facts=tuple(values["facts"] or ()),
            experiment_exposures=values["experiment_exposures"],
            timeline=str(values["timeline"]),
            package_version=str(values["package_version"]),
            minimum_cell_size=values["minimum_cell_size"],
        )


def settings_of(manifest: "Manifest") -> Settings | None:
    """Settings of a project that uses the abstats package; None for any other project.

    A model of ours carries the vars in its `meta`, so that dbt's own rules resolve them
    (`--vars`, scopes, defaults of the package).
    """
    node = manifest.nodes.get(_SETTINGS_NODE)
    if node is None:
        return None
    return Settings.of(node.config.meta)
