"""Read-only Ibis connections from what a dbt profile says, for reading the small result tables.

dbt makes every write on its own connection; this one is for `abstats show` and `abstats power`.
"""

from types import ModuleType
from typing import Protocol

from ibis.backends import BaseBackend

from abstats.spec.problems import nearest
from abstats.warehouse.connections import clouds, duckdb, postgres, spark
from abstats.warehouse.connections.error import WarehouseError

__all__ = ["Credentials", "WarehouseError", "connect_read_only", "errors_of"]

_ENGINES: dict[str, ModuleType] = {
    "duckdb": duckdb,
    "postgres": postgres,
    "spark": spark,
    **dict.fromkeys(clouds.CLOUDS, clouds),
}


class Credentials(Protocol):
    """What a connection needs of dbt's credentials; further attributes belong to the adapter."""

    @property
    def type(self) -> str:
        """Name of the dbt adapter: duckdb, postgres, ..."""
        ...


def connect_read_only(credentials: Credentials) -> BaseBackend:
    """Open the warehouse of a dbt profile for reading.

    Raises:
        WarehouseError: The adapter is not supported or not installed, or the database is missing,
            locked by another process, out of reach, or no database.
    """
    engine = _ENGINES.get(credentials.type)
    if engine is None:
        supported = ", ".join(_ENGINES)
        hint = nearest(credentials.type, _ENGINES)
        raise WarehouseError(
            f"type == {credentials.type!r} in the dbt profile, must be an adapter that abstats "
            f"can read results from: {supported}.{' ' + hint if hint else ''} The result tables "
            "are ordinary tables: any client of that warehouse shows them."
        )
    backend: BaseBackend = engine.connect(credentials)
    return backend


def errors_of(backend: BaseBackend) -> tuple[type[Exception], ...]:
    """What the driver behind a connection raises."""
    # Ibis names Spark's backend after its Python package.
    engine = "spark" if backend.name == "pyspark" else backend.name
    errors: tuple[type[Exception], ...] = _ENGINES[engine].errors()
    return errors
