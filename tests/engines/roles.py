"""Roles with the grants of docs/sql/postgres-roles.sql, and no others."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.errors import InsufficientPrivilege

from tests.conftest import REPOSITORY

SCRIPT = REPOSITORY / "docs" / "sql" / "postgres-roles.sql"
BUILDER, READER = "abstats_builder", "abstats_reader"


def make_roles(server: dict[str, str]) -> None:
    """Run the script of the docs where the sources are, as who loads them."""
    with psycopg2.connect(**server) as connection, connection.cursor() as cursor:
        # Nobody has rights here that the script does not give.
        cursor.execute("revoke all on database postgres from public")
        cursor.execute("create schema raw")
        cursor.execute(SCRIPT.read_text())


@contextmanager
def acting_as(server: dict[str, str], role: str) -> Iterator[Any]:
    """A cursor of a role; every statement stands alone."""
    connection = psycopg2.connect(**{**server, "user": role})
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def may(cursor: Any, statement: str) -> bool:
    """Whether the role has the right to do this."""
    try:
        cursor.execute(statement)
    except InsufficientPrivilege:
        return False
    return True


def relations(cursor: Any, schema: str) -> set[str]:
    """Tables and views of a schema."""
    cursor.execute(
        "select relname from pg_class where relnamespace = %s::regnamespace"
        " and relkind in ('r', 'v', 'm')",
        (schema,),
    )
    return {name for (name,) in cursor.fetchall()}
