"""The table of metrics of one comparison, fitted to the width at hand."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from abstats.cli.show import words
from abstats.cli.show.bars import ASCII, Axis, Glyphs, Interval
from abstats.cli.show.columns import Column, Line, columns_left_of_bar, columns_right_of_bar
from abstats.cli.show.report import Pair, Report
from abstats.cli.show.rows import WHOLE, ResultRow

GAP = 2
NARROWEST_BAR, WIDEST_BAR = 15, 35
NARROWEST_LABEL = 14

ROLES = {"primary": "Primary", "secondary": "Secondary", "guardrail": "Guardrails"}


def metrics_table(
    report: Report, pair: Pair, rows: Sequence[ResultRow], width: int, glyphs: Glyphs
) -> Table:
    """Metrics by role, with the change of each drawn on one axis.

    Args:
        report: The experiment.
        pair: The comparison.
        rows: Its rows, in the order in which they are shown.
        width: Columns of the terminal.
        glyphs: The characters to draw with.
    """
    lines = list(_lines(report, rows))
    left, right = (
        columns_left_of_bar(report, pair, lines),
        columns_right_of_bar(report, lines, ascii_only=glyphs is ASCII),
    )
    left, right = _fitting(left, right, width)
    rest = _rest(left, right, width)
    label = left[0]
    bar_width = min(max(rest, NARROWEST_BAR), WIDEST_BAR)
    axis = Axis.around(
        [found for line in lines if (found := _interval(report, line)) is not None],
        bar_width,
        glyphs,
    )
    bars = Column(axis.scale(), [_bar(report, line, axis) for line in lines], is_number=False)
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="dim")
    short = max(NARROWEST_BAR - rest, 0)
    label_width = max(label.width - short, NARROWEST_LABEL) if short else label.width
    for column in (shown := [*left, bars, *right]):
        table.add_column(
            Text(column.header),
            justify="right" if column.is_number else "left",
            no_wrap=True,
            overflow="ellipsis",
            width=label_width if column is label else None,
        )
    for cells in zip(*(column.cells for column in shown), strict=True):
        table.add_row(*cells)
    return table


def _lines(report: Report, rows: Sequence[ResultRow]) -> Iterator[Line]:
    """Results under a heading per role; in segments, values under a heading per metric."""
    if report.segment == WHOLE:
        for role, members in groupby(rows, key=lambda row: row.role):
            yield Line(ROLES.get(role, role), None)
            for row in members:
                yield Line(f"  {_label(report, row)}", row)
        return
    for _, found in groupby(rows, key=lambda row: row.metric_name):
        values = list(found)
        yield Line(_label(report, values[0]), None)
        for row in values:
            yield Line(f"  {words.clean(row.segment_value)}", row)


def _label(report: Report, row: ResultRow) -> str:
    metric = report.metric(row.metric_name)
    names_unit = metric.unit is None or metric.unit.lower() in metric.label.lower()
    return words.clean(metric.label if names_unit else f"{metric.label}, {metric.unit}")


def _fitting(
    left: list[Column], right: list[Column], width: int
) -> tuple[list[Column], list[Column]]:
    """Columns less those that the width has no room for, the least needed first."""
    while _rest(left, right, width) < NARROWEST_BAR:
        rank = max(column.rank for column in (*left, *right))
        if rank == 0:
            break
        left = [column for column in left if column.rank != rank]
        right = [column for column in right if column.rank != rank]
    return left, right


def _rest(left: Sequence[Column], right: Sequence[Column], width: int) -> int:
    return width - sum(column.width + GAP for column in (*left, *right))


def _interval(report: Report, line: Line) -> Interval | None:
    row = line.row
    bounds = row and row.relative_interval(adjusted=report.truths is None)
    if row is None or bounds is None or row.effect_rel is None:
        return None
    truth = report.truth(row)
    return Interval(
        bounds[0],
        row.effect_rel,
        bounds[1],
        margins=row.relative_margins,
        truth=None if truth is None else truth.true_effect_rel,
    )


def _bar(report: Report, line: Line, axis: Axis) -> Text:
    if line.row is None:
        return Text("")
    word = words.status(line.row, report)
    return Text(axis.draw(_interval(report, line)), style=word.style)
