"""Read-only connections to Postgres."""

from typing import Any

import ibis
from ibis.backends import BaseBackend

from abstats.warehouse.connections.error import WarehouseError
from abstats.warehouse.quoting import quoted

# Credentials that dbt and libpq call by the same name, where the profile has them.
_OPTIONAL = ("sslmode", "sslcert", "sslkey", "sslrootcert", "connect_timeout")


def connect(credentials: Any) -> BaseBackend:
    """Open a database; every transaction on the connection is read-only.

    Raises:
        WarehouseError: the driver is not installed, or the server refuses.
    """
    if not errors():
        raise WarehouseError(
            "psycopg is not installed, which reads Postgres: pip install 'abstats[postgres]'."
        )
    optional = {name: getattr(credentials, name, None) for name in _OPTIONAL}
    try:
        backend: BaseBackend = ibis.postgres.connect(
            host=credentials.host,
            port=credentials.port,
            user=credentials.user,
            password=credentials.password,
            database=credentials.database,
            options="-c default_transaction_read_only=on",
            **{name: value for name, value in optional.items() if value is not None},
        )
    except errors() as error:
        # libpq's messages name host and user, never the password.
        raise WarehouseError(
            f"host == {credentials.host!r}, database == {credentials.database!r} cannot be "
            f"opened: {error}"
        ) from error
    if credentials.role:
        backend.raw_sql(f"set role {quoted(credentials.role)}").close()
    return backend


def errors() -> tuple[type[Exception], ...]:
    """What the driver raises; nothing where it is not installed."""
    try:
        import psycopg  # noqa: PLC0415 - an extra of its own
    except ImportError:
        return ()
    return (psycopg.Error,)
