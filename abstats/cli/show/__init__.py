"""`abstats show`: the verdicts and the numbers behind them."""

from abstats.cli.show.command import show_reports

__all__ = ["show_reports"]
