"""The demo as a clone has it, simulated and built once per size."""

import fcntl
import os
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
    """A world of 1,000 viewers and two weeks, built: the experiments are still running.

    The processes of one run of the tests share it; the first that needs it builds it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / "small_demo", shared / "small_demo_is_built"
    with (shared / "small_demo_lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            clone_demo(folder)
            simulate = "abstats simulate --users 1000 --days 14"
            for command in (simulate, "dbt deps --quiet", "dbt build --quiet"):
                shell(command, folder)
            done.touch()
    return folder


@pytest.fixture
def copy_of_demo(small_demo: Path, tmp_path: Path) -> Callable[[], Path]:
    """A copy of the small demo that a test may change."""
    return Path(shutil.copytree(small_demo, tmp_path / "demo", symlinks=True))
