"""The demo as a clone has it, simulated and built once per size."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .followed import shell
from .pages import ROOT

DEMO = ("dbt_project.yml", "packages.yml", "profiles.yml", "Makefile")
DEMO_FOLDERS = ("dbt_project", "metrics", "experiments", "demo")


def clone_demo(folder: Path) -> Path:
    """What the demo needs of a clone, and nothing that a run left behind."""
    folder.mkdir()
    for name in DEMO:
        shutil.copy(ROOT / name, folder / name)
    for name in DEMO_FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of 1,000 viewers and two weeks, built: the experiments are still running."""
    folder = clone_demo(tmp_path_factory.mktemp("small") / "demo")
    simulate = "abstats simulate --users 1000 --days 14"
    for command in (simulate, "dbt deps --quiet", "dbt build --quiet"):
        shell(command, folder)
    return folder


@pytest.fixture
def copy_of_demo(small_demo: Path, tmp_path: Path) -> Callable[[], Path]:
    """A copy of the small demo that a test may change."""
    return Path(shutil.copytree(small_demo, tmp_path / "demo", symlinks=True))
