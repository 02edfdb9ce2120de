"""The project's settings, as dbt resolved them."""

from typing import TYPE_CHECKING, NamedTuple

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
    """

    experiments_path: str
    facts: tuple[str, ...]
    experiment_exposures: str | None


def settings_of(manifest: "Manifest") -> Settings | None:
    """Settings of a project that uses the abstats package; None for any other project.

    A model of ours carries the vars in its `meta`, so that dbt's own rules resolve them
    (`--vars`, scopes, defaults of the package).
    """
    node = manifest.nodes.get(_SETTINGS_NODE)
    if node is None:
        return None
    meta = node.config.meta
    return Settings(
        experiments_path=str(meta["experiments_path"]),
        facts=tuple(meta["facts"] or ()),
        experiment_exposures=meta["experiment_exposures"],
    )
