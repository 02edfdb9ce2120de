"""`abstats init`: the scaffold in an existing dbt project."""

from abstats.cli.init.command import scaffold

__all__ = ["scaffold"]
