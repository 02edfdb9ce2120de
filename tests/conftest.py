"""Fixtures shared by the whole suite."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

import tests.fewer_collections.sitecustomize  # noqa: F401 - is run

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

# Hundreds of processes read the same modules: they compile them once.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# dbt writes thousands of lines that nobody reads; a test that does asks for them.
os.environ["DBT_LOG_LEVEL_FILE"] = "none"
# What tests start finds `fewer_collections/sitecustomize.py` there, and this process runs it too.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(REPOSITORY / "tests" / "fewer_collections"), *filter(None, [os.getenv("PYTHONPATH")])]
)

# `make test` draws the same examples every time; any other run draws new ones.
settings.register_profile("repeatable", derandomize=True)


LONGEST_FIRST = (
    "test_incremental_law.py",
    "test_recipes.py",
    "test_parity.py",
    "test_readme.py",
    "test_on_duckdb.py",
    "test_on_postgres.py",
    "test_demo_coverage.py",
    "test_incremental.py",
    "test_robustness.py",
    "test_criteo_uplift.py",
    "test_install_guide.py",
    "test_scaffold_is_valid.py",
    "test_looks.py",
    "test_project.py",
    "test_cookie_cats.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests come first; of both kinds the longest files, so that no process waits long."""
    place = {name: i for i, name in enumerate(LONGEST_FIRST)}

    def order(item: pytest.Item) -> tuple[bool, int]:
        runs_dbt = item.get_closest_marker("dbt") is not None
        return runs_dbt, place.get(item.path.name, len(place))

    items.sort(key=order)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Path of a real data set, or a skip that says what is missing."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"real data not found: {path.relative_to(REPOSITORY.parent)}")
        return path

    return find


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the fault tests survived, also where other processes ran them."""
    told = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "survived"
    ]
    if told:
        terminalreporter.section("survived")
        for line in told:
            terminalreporter.write_line(str(line))
