"""The columns of the table of metrics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from abstats.cli.show import numbers, words
from abstats.cli.show.report import Pair, Report
from abstats.cli.show.rows import WHOLE, ResultRow

LONGEST_TITLE = 12


class Line(NamedTuple):
    """A row of the table: a result, or a heading over results.

    Attributes:
        label: The metric, the segment's value, or the heading.
        row: The result; None for a heading.
    """

    label: str
    row: ResultRow | None


@dataclass(frozen=True)
class Column:
    """A column of text.

    Attributes:
        header: Its title.
        cells: One cell per line.
        rank: Which columns go first where the width is short: the highest; 0 stays.
        is_number: Aligned to the right.
    """

    header: str
    cells: Sequence[Text]
    rank: int = 0
    is_number: bool = True

    @property
    def width(self) -> int:
        """Columns of the terminal that the widest cell takes."""
        return max(cell_len(self.header), *(cell.cell_len for cell in self.cells))


def columns_left_of_bar(report: Report, pair: Pair, lines: Sequence[Line]) -> list[Column]:
    """Label, units, both means, the change and its interval in numbers; the label comes first."""
    treatment, control = pair
    adjusted = report.truths is None
    labels = [Text(line.label, style="bold" if line.row is None else "") for line in lines]
    columns = [Column("", labels, is_number=False)]
    if report.segment != WHOLE:
        columns.append(Column("units", _cells(lines, _units), rank=3))
    return [
        *columns,
        Column(
            _variant(control),
            _cells(lines, lambda row: _mean(report, row, row.control_mean)),
            rank=2,
        ),
        Column(
            _variant(treatment),
            _cells(lines, lambda row: _mean(report, row, row.treatment_mean)),
            rank=2,
        ),
        Column("change", _cells(lines, lambda row: _change(report, row))),
        Column("interval", _cells(lines, lambda row: _interval(report, row, adjusted)), rank=4),
    ]


def columns_right_of_bar(
    report: Report, lines: Sequence[Line], *, ascii_only: bool
) -> list[Column]:
    """p-value, gain of CUPED, and what it all means in a word."""
    columns = [Column("p", _cells(lines, _p_value))]
    if any(line.row is not None and line.row.variance_reduction is not None for line in lines):
        columns.append(Column("CUPED", _cells(lines, _variance_reduction), rank=3))
    words_said = _cells(lines, lambda row: _word(report, row, ascii_only))
    columns.append(Column("", words_said, is_number=False))
    if report.truths is not None:
        columns.append(Column("true effect", _cells(lines, lambda row: _truth(report, row))))
    return columns


def _cells(lines: Sequence[Line], cell: Callable[[ResultRow], Text]) -> list[Text]:
    return [Text("") if line.row is None else cell(line.row) for line in lines]


def _mean(report: Report, row: ResultRow, mean: float | None) -> Text:
    return Text(numbers.value(mean, row.effect_abs_se, report.metric(row.metric_name)))


def _change(report: Report, row: ResultRow) -> Text:
    if row.effect_rel is not None:
        return Text(numbers.percent(row.effect_rel, row.effect_rel_se))
    if row.effect_abs is not None:
        metric = report.metric(row.metric_name)
        return Text(numbers.change(row.effect_abs, row.effect_abs_se, metric))
    return Text(numbers.NOTHING, style=words.QUIET)


def _interval(report: Report, row: ResultRow, adjusted: bool) -> Text:
    relative = row.relative_interval(adjusted=adjusted)
    if relative is not None and row.effect_rel is not None:
        bounds = [numbers.percent(bound, row.effect_rel_se) for bound in relative]
        return Text(f"[{bounds[0].removesuffix(' %')}, {bounds[1]}]")
    absolute = row.absolute_interval(adjusted=adjusted)
    if absolute is not None and row.effect_rel is None:
        metric = report.metric(row.metric_name)
        bounds = [numbers.change(bound, row.effect_abs_se, metric) for bound in absolute]
        return Text(f"[{', '.join(bounds)}]")
    return Text("")


def _p_value(row: ResultRow) -> Text:
    return Text(numbers.p_value(row.deciding_p_value, row.alpha))


def _variance_reduction(row: ResultRow) -> Text:
    if row.variance_reduction is None:
        return Text("")
    return Text(f"{-100 * row.variance_reduction:+.0f} %", style=words.QUIET)


def _word(report: Report, row: ResultRow, ascii_only: bool) -> Text:
    word = words.status(row, report)
    text = Text(word.text, style=word.style)
    bound = words.bound(row, report.metric(row.metric_name), ascii_only=ascii_only)
    return text.append(f" {bound}", style=words.QUIET) if bound else text


def _truth(report: Report, row: ResultRow) -> Text:
    truth, inside = report.truth(row), report.covers(row)
    if truth is None:
        return Text(numbers.NOTHING, style=words.QUIET)
    text = Text(numbers.percent(truth.true_effect_rel, row.effect_rel_se))
    if inside is None:
        return text
    mark = Text(" inside ", style=words.GOOD) if inside else Text(" outside", style=words.CAREFUL)
    return text.append_text(mark)


def _units(row: ResultRow) -> Text:
    if row.control_n_units is None or row.treatment_n_units is None:
        return Text("few", style=words.QUIET)
    return Text(f"{row.control_n_units + row.treatment_n_units:,}")


def _variant(name: str) -> str:
    """A variant's name as the title of a column; the heading has it whole."""
    shown = words.clean(name)
    return shown if cell_len(shown) <= LONGEST_TITLE else f"{shown[: LONGEST_TITLE - 1]}…"
