"""The power of a project's experiments, from the tables of its last build."""

from __future__ import annotations

from abstats.cli.failure import CommandError
from abstats.cli.host_project import HostProject
from abstats.cli.power.adequacy import Adequacy, check_adequacy, declared_aims
from abstats.cli.power.baselines import MOMENTS
from abstats.cli.power.pasts import Pasts
from abstats.cli.show.reading import Tables
from abstats.cli.show.relations import table_names
from abstats.spec.project import Project
from abstats.warehouse.connections import WarehouseError, connect_read_only


def check_power(project: HostProject, specs: Project) -> Adequacy:
    """Whether experiments have the power for what they declare.

    Without tables that can be read nothing is checked, and one sentence says why.
    """
    declared = list(declared_aims(specs.experiments, {spec.name: spec for spec in specs.metrics}))
    try:
        names = table_names(project, MOMENTS)
        connection = connect_read_only(project.profile().credentials)
        try:
            return check_adequacy(declared, Pasts(Tables(connection, names), specs.metrics))
        finally:
            connection.disconnect()
    except (CommandError, WarehouseError) as error:
        return Adequacy((), (f"Power was not checked: {' '.join(str(error).split())}",))
