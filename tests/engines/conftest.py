"""One Postgres for the tests of a process."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import abstats

from .warehouses import postgres_server

__all__ = ["abstats"]


@pytest.fixture(scope="session")
def postgres_host() -> Iterator[str]:
    """Folder of the server's socket."""
    with postgres_server() as host:
        yield host
