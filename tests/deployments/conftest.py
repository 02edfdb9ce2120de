"""Builds each deployment once per session."""

from collections.abc import Callable

import pytest

from .host_project import HostProject


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
