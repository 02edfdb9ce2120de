"""Fixtures shared by the whole suite."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

import tests.fewer_collections.sitecustomize  # noqa: F401 - is run

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

# What tests start finds `fewer_collections/sitecustomize.py` there, and this process runs it too.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(REPOSITORY / "tests" / "fewer_collections"), *filter(None, [os.getenv("PYTHONPATH")])]
)

# `make test` draws the same examples every time; any other run draws new ones.
settings.register_profile("repeatable", derandomize=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test begins first, so that no process waits for it at the end."""
    items.sort(key=lambda item: item.path.name != "test_incremental_law.py")


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Path of a real data set, or a skip that says what is missing."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"real data not found: {path.relative_to(REPOSITORY.parent)}")
        return path

    return find
