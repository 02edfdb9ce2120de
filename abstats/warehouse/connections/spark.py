"""Connections to Spark: a session in this process, as dbt-spark's method `session` makes it."""

from typing import TYPE_CHECKING, Any

import ibis
from ibis.backends import BaseBackend

from abstats.warehouse.connections.error import WarehouseError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def connect(credentials: Any) -> BaseBackend:
    """Start a session and wrap it; Spark has no read-only sessions, and nothing here writes.

    Raises:
        WarehouseError: as `start_session`.
    """
    backend: BaseBackend = ibis.pyspark.connect(start_session(credentials))
    return backend


def start_session(credentials: Any) -> "SparkSession":
    """A session with the settings of the dbt profile, or the one that this process has.

    Raises:
        WarehouseError: the profile's method is not `session`, pyspark or Java is not installed,
            nothing answers at the master's address, or another process has the metastore.
    """
    method = getattr(credentials.method, "value", credentials.method)
    if method != "session":
        raise WarehouseError(
            f"method == {method!r} in the dbt profile, on Spark must be session for abstats to "
            "read and write. The result tables are ordinary tables: any client shows them."
        )
    try:
        from py4j.protocol import Py4JError  # noqa: PLC0415 - of an extra of its own
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise WarehouseError(
            "pyspark is not installed, which runs Spark: pip install 'abstats[spark]'."
        ) from error
    builder = SparkSession.builder.enableHiveSupport()
    for name, value in credentials.server_side_parameters.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        # The metastore is opened by the first statement.
        session.sql("show databases").collect()
    except (PySparkException, Py4JError) as error:
        master = credentials.server_side_parameters.get("spark.master")
        raise WarehouseError(explained(str(error), master)) from error
    return session


def explained(error: str, master: str | None = None) -> str:
    """Spark's message in our words.

    Args:
        error: The message, with or without what Python's bridge to Java puts before it.
        master: The setting `spark.master`.
    """
    first, _, rest = error.strip().partition("\n")
    if first.startswith("An error occurred while calling") and rest:
        first = rest.partition("\n")[0].removeprefix(": ")
    if "stopped SparkContext" in error:
        return (
            f"spark.master == {master!r}, does not answer or has ended the session: start the "
            "cluster, or name another in the dbt profile."
        )
    if "JAVA_GATEWAY_EXITED" in error:
        return "Java did not start, which Spark needs (17): install it or set JAVA_HOME."
    if "metastore" in error.lower():
        return (
            f"the metastore of the Spark target cannot be opened: {first} One kept in a folder "
            "(Derby) is open to one process at a time: wait until the other has finished (a dbt "
            "build?), then run again."
        )
    return f"Spark did not start: {first}"


def errors() -> tuple[type[Exception], ...]:
    """What a session raises; nothing where it is not installed."""
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra of its own
    except ImportError:
        return ()
    return (PySparkException,)
