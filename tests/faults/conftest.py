"""One Postgres for the tests of a process."""

from tests.engines.conftest import postgres_host

__all__ = ["postgres_host"]
