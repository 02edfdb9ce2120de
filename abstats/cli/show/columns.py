"""The columns of the table of metrics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from abstats.cli.show import numbers, words
from abstats.cli.show.report import Pair, Report
from abstats.cli.show.rows import ResultRow


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
    """Label, both means, the change and its interval in numbers; the label comes first."""
    treatment, control = pair
    adjusted = report.truths is None
    labels = [Text(line.label, style="bold" if line.row is None else "") for line in lines]
    return [
        Column("", labels, is_number=False),
        Column(
            words.clean(control),
            _cells(lines, lambda row: _mean(report, row, row.control_mean)),
            rank=2,
        ),
        Column(
            words.clean(treatment),
            _cells(lines, lambda row: _mean(report, row, row.treatment_mean)),
            rank=2,
        ),
        Column("change", _cells(lines, lambda row: _change(report, row))),
        Column("interval", _cells(lines, lambda row: _interval(report, row, adjusted)), rank=4),
    ]


def columns_right_of_bar(report: Report, lines: Sequence[Line]) -> list[Column]:
    """p-value, gain of CUPED, and what it all means in a word."""
    columns = [Column("p", _cells(lines, _p_value))]
    if any(line.row is not None and line.row.variance_reduction is not None for line in lines):
        columns.append(Column("CUPED", _cells(lines, _variance_reduction), rank=3))
    columns.append(
        Column("", _cells(lines, lambda row: _word(report, row)), is_number=False),
    )
    if any(line.row is not None and line.row.role == "guardrail" for line in lines):
        cells = _cells(lines, lambda row: _margin(report, row))
        columns.append(Column("", cells, rank=1, is_number=False))
    if report.truths is not None:
        columns.append(Column("truth", _cells(lines, lambda row: _truth(report, row))))
        columns.append(
            Column("", _cells(lines, lambda row: _is_inside(report, row)), is_number=False)
        )
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
    """The p-value that decides: adjusted, or of non-inferiority where there is a margin."""
    p = row.p_value_adjusted if row.margin is None else row.p_value_non_inferiority
    return Text(numbers.p_value(p, row.alpha))


def _variance_reduction(row: ResultRow) -> Text:
    if row.variance_reduction is None:
        return Text("")
    return Text(f"{-100 * row.variance_reduction:+.0f} %", style=words.QUIET)


def _word(report: Report, row: ResultRow) -> Text:
    word = words.status(row, report.decision_on(row))
    return Text(word.text, style=word.style)


def _margin(report: Report, row: ResultRow) -> Text:
    return Text(words.margin(row, report) if row.role == "guardrail" else "", style=words.QUIET)


def _truth(report: Report, row: ResultRow) -> Text:
    truth = report.truth(row)
    if truth is None:
        return Text(numbers.NOTHING, style=words.QUIET)
    return Text(numbers.percent(truth.true_effect_rel, row.effect_rel_se))


def _is_inside(report: Report, row: ResultRow) -> Text:
    inside = report.covers(row)
    if inside is None:
        return Text("")
    return Text("inside", style=words.GOOD) if inside else Text("outside", style=words.CAREFUL)
