"""The dbt project that a command is run in: its folder, its profile, its target."""

import os
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dbt.cli.resolvers import default_profiles_dir
from dbt.config.profile import Profile, read_profile
from dbt.config.runtime import load_profile
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context
from dbt_common.exceptions import DbtBaseException

from abstats.cli.failure import CommandError


@dataclass(frozen=True)
class HostProject:
    """A dbt project and where its profile is looked for.

    Attributes:
        root: Folder of dbt_project.yml.
        profiles_dir: Folder of profiles.yml; None looks where dbt looks.
        target: Target of the profile; None takes the profile's own.
    """

    root: Path
    profiles_dir: Path | None = None
    target: str | None = None

    @classmethod
    def at(
        cls, root: Path, profiles_dir: Path | None = None, target: str | None = None
    ) -> "HostProject":
        """The project of a folder.

        Raises:
            CommandError: There is no dbt_project.yml.
        """
        if not (root / "dbt_project.yml").is_file():
            raise CommandError(
                f"project-dir == {str(root)!r}, must be the folder of a dbt project: "
                "there is no dbt_project.yml in it."
            )
        return cls(root, profiles_dir, target)

    @property
    def target_path(self) -> Path:
        """Folder of dbt's artifacts."""
        chosen = os.environ.get("DBT_TARGET_PATH") or self.declaration().get("target-path")
        return self.root / str(chosen or "target")

    def declaration(self) -> dict[str, Any]:
        """dbt_project.yml as it is written, nothing rendered.

        Raises:
            CommandError: It is no YAML mapping.
        """
        file = self.root / "dbt_project.yml"
        try:
            found = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read as YAML: {error}") from error
        if not isinstance(found, dict):
            raise CommandError(f"{file} must be a mapping of keys to values.")
        return found

    def profiles_config(self) -> dict[str, Any]:
        """Flags that stand in profiles.yml, where older versions of dbt had them."""
        try:
            return dict(read_profile(str(self._profiles_dir())).get("config") or {})
        except DbtBaseException:
            return {}  # dbt will say what is wrong with the file.

    def profile(self) -> Profile:
        """The profile's target as dbt renders it.

        Raises:
            CommandError: In dbt's own words.
        """
        chosen = Namespace(PROJECT_DIR=str(self.root), PROFILES_DIR=str(self._profiles_dir()))
        profile, target = os.environ.get("DBT_PROFILE"), os.environ.get("DBT_TARGET")
        try:
            # Profiles render env_var() from the context of an invocation.
            set_invocation_context(os.environ)
            set_from_args(chosen, {})
            return load_profile(str(self.root), {}, profile, self.target or target)
        except DbtBaseException as error:
            raise CommandError(f"dbt cannot read the profile: {words_of(error)}") from error

    def _profiles_dir(self) -> Path:
        chosen = self.profiles_dir or os.environ.get("DBT_PROFILES_DIR")
        return Path(chosen or default_profiles_dir())


def words_of(error: BaseException) -> str:
    """The message of dbt without the name of its exception class."""
    message = getattr(error, "msg", None) or str(error)
    return str(message).strip()
