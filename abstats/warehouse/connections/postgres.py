"""Read-only connections to Postgres."""

import re
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


def explained(credentials: Any, error: str) -> str | None:
    """The server's message in our words; None for one that needs none.

    Args:
        credentials: dbt's, of the connection that was refused something.
        error: What the server or the driver says.
    """
    denied = _DENIED.search(error)
    if denied is not None:
        return f"{_help_for_denied(credentials, *denied.groups())} The server says: {error}"
    for mark, words in _SAID.items():
        if mark in error:
            return f"host == {credentials.host!r}: {words} The server says: {error}"
    return None


def _help_for_denied(credentials: Any, kind: str, name: str) -> str:
    role = credentials.role or credentials.user
    own = credentials.schema
    if kind == "database":
        return (
            f"user == {role!r} may not create schema {own!r}: let an administrator run "
            f"`create schema {quoted(own)} authorization {quoted(role)}`."
        )
    if kind == "schema" and name == own:
        return (
            f"user == {role!r} may not create tables in schema {own!r}: "
            f"`grant usage, create on schema {quoted(own)} to {quoted(role)}`."
        )
    if kind == "schema":
        return (
            f"user == {role!r} may not use schema {name!r}: "
            f"`grant usage on schema {quoted(name)} to {quoted(role)}`, and `select` on its tables."
        )
    return (
        f"user == {role!r} may not read or write {kind} {name!r}: of a source `grant select`; "
        "a table of abstats must belong to the role that builds."
    )


_DENIED = re.compile(r"permission denied for (database|schema|table|view) \"?([^\n\"]+)")
_GONE = (
    "the connection ended while it was used (the server was stopped, or the connection was). What "
    "was not finished is undone, finished tables stay: run again when the server is there."
)
_FULL = (
    "its disk is full. What was not finished is undone, finished tables stay: make room, then run "
    "again."
)
_SAID = {
    "server closed the connection": _GONE,
    "terminating connection": _GONE,
    "connection already closed": _GONE,
    "SSL connection has been closed": _GONE,
    "the database system is": _GONE,
    "No space left on device": _FULL,
    "could not extend file": _FULL,
    "in a read-only transaction": (
        "it only reads (a standby, or `default_transaction_read_only`). A build needs a server "
        "that writes."
    ),
    "must be owner of": (
        "a table of an earlier build belongs to another role. Build with one role, or give its "
        "tables to the one that builds."
    ),
}
