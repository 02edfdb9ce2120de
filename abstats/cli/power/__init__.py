"""`abstats power`: what a test could detect, from the moments of past units."""

from abstats.cli.power.command import show_power

__all__ = ["show_power"]
