"""Cross-checks that say something else than the estimates on the page."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from abstats.cli.show import words
from abstats.cli.show.report import Report


def disagreements(report: Report) -> Iterator[RenderableType]:
    """How many checks disagree with the unadjusted estimates, and each in a line; else nothing."""
    checked = [row for row in report.cross_checks if row.is_in_agreement is not None]
    differing = [row for row in checked if not row.is_in_agreement]
    if not differing:
        return
    told = Text("Cross-checks  ", style="bold")
    told.append(f"{len(differing)} of {len(checked)} disagree", style=f"not bold {words.CAREFUL}")
    yield told
    for row in differing:
        pair = f"{row.treatment_variant_id} against {row.control_variant_id}"
        name = report.metric(row.metric_name).label
        text = Text(words.clean(f"{name}, {pair}, {row.method.replace('_', ' ')}: "))
        text.append(words.clean(row.status_reason))
        yield Padding(text, (0, 0, 0, 2))
