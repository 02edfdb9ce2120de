"""Builds each deployment once per session."""

from collections.abc import Callable

import pytest

from .host_project import HostProject
from .shop import shop


@pytest.fixture(scope="session")
def deploy(tmp_path_factory) -> Callable[..., HostProject]:
    """Copy a deployment, install the package, load data by SQL, and build unless told not to."""

    def build(name: str, *statements: str, build: bool = True) -> HostProject:
        project = HostProject.copy_of(name, tmp_path_factory.mktemp(name))
        project.execute(*statements)
        project.install()
        if build:
            project.build()
        return project

    return build


@pytest.fixture(scope="session")
def tiny_installed(deploy) -> HostProject:
    """A small shop with data and one experiment, installed but not built."""
    return deploy("tiny", *shop(), build=False)


@pytest.fixture(scope="session")
def tiny_built(tiny_installed, tmp_path_factory) -> HostProject:
    """The same shop after a good build."""
    project = tiny_installed.copied_to(tmp_path_factory.mktemp("tiny_built") / "project")
    project.build()
    return project
