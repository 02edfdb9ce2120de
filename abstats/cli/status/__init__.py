"""`abstats status`: what is fresh, what is stale, and what to do next."""

from abstats.cli.status.command import show_status

__all__ = ["show_status"]
