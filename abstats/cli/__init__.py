"""The command line: `abstats simulate | validate | show | init`."""

from abstats.cli.app import app

__all__ = ["app"]
