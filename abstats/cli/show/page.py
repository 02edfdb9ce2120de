"""One experiment on the page: verdict, why, health, metrics."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from abstats.cli.show import words
from abstats.cli.show.bars import ASCII, UNICODE, Glyphs
from abstats.cli.show.chances import chances_to_win
from abstats.cli.show.cross_checks import disagreements
from abstats.cli.show.health import health_summary, passes, problems
from abstats.cli.show.report import Pair, Report
from abstats.cli.show.rows import WHOLE, ResultRow
from abstats.cli.show.table import metrics_table


def print_report(console: Console, report: Report, *, in_full: bool) -> None:
    """Print one experiment.

    Args:
        console: Where to.
        report: The experiment.
        in_full: Everything; otherwise verdicts, health problems, primary metrics and guardrails.
    """
    for part in _parts(console, report, in_full):
        console.print(part)


def _parts(console: Console, report: Report, in_full: bool) -> Iterator[RenderableType]:
    glyphs = _glyphs(console)
    yield _title(report)
    yield Rule(characters="-" if glyphs is ASCII else "─", style=words.QUIET)
    if in_full:
        yield from _declaration(report)
    if report.is_stale:
        yield Text(
            "The experiment's file has changed since these numbers were computed: run `dbt build`.",
            style=words.CAREFUL,
        )
    for pair in report.pairs:
        yield from _verdict(report, pair)
    yield health_summary(report.health)
    yield from problems(report.health, in_full=in_full)
    yield from disagreements(report)
    if in_full and report.segment == WHOLE:
        yield passes(report.health)
    if all(n == 0 for n in report.units.values()):
        return
    for pair in report.pairs:
        yield from _comparison(console, report, pair, glyphs, in_full)


def _title(report: Report) -> Text:
    experiment, date = report.experiment, report.analysis_date
    title = Text(words.clean(experiment.experiment_id), style="bold")
    state = {
        "planned": f"planned, starts {experiment.start_date}",
        "running": f"running until {experiment.end_date}",
    }.get(experiment.state, experiment.state)
    data = f", data through {date}" if date else ", not analysed yet"
    if experiment.state == "planned":
        data = ""
    return title.append(f"  {state}{data}", style="not bold dim")


def _declaration(report: Report) -> Iterator[RenderableType]:
    experiment = report.experiment
    yield Text(words.clean(experiment.hypothesis.strip()), style="italic")
    units = ", ".join(
        f"{words.clean(name)} {'few' if n is None else f'{n:,}'}"
        for name, n in report.units.items()
    )
    yield Text(
        f"{experiment.start_date} to {experiment.end_date} (end excluded), by "
        f"{words.clean(experiment.owner)}; {words.clean(experiment.unit)}s: {units or 'none yet'}",
        style=words.QUIET,
    )
    yield Text("")


def _verdict(report: Report, pair: Pair) -> Iterator[RenderableType]:
    treatment, control = pair
    decision = report.decision(pair)
    if decision is None:
        return
    text = words.verdict(decision)
    text.append(
        f"  {words.clean(treatment)} against {words.clean(control)}", style="not bold default"
    )
    yield text
    yield Padding(Text(words.clean(decision.reason)), (0, 0, 0, 2))


def _comparison(
    console: Console, report: Report, pair: Pair, glyphs: Glyphs, in_full: bool
) -> Iterator[RenderableType]:
    rows = report.rows(pair)
    shown = rows if in_full or report.segment != WHOLE else _decisive(rows)
    if not shown:
        return
    yield Text("")
    if len(report.pairs) > 1 or report.segment != WHOLE:
        heading = Text(f"{words.clean(pair[0])} against {words.clean(pair[1])}", style="bold")
        if report.segment != WHOLE:
            heading.append(f", by {report.segment} (exploratory)")
        yield heading
    yield metrics_table(report, pair, shown, console.width, glyphs)
    yield from _reasons(report, shown)
    if in_full and report.segment == WHOLE:
        yield from chances_to_win(report, pair)
    hidden = [row for row in rows if row not in shown]
    if hidden:
        counts = Counter(words.status(row, report).text for row in hidden)
        told = ", ".join(f"{n} {word}" for word, n in counts.most_common())
        yield Text(f"  and {len(hidden)} secondary metrics: {told}", style=words.QUIET)


def _decisive(rows: Sequence[ResultRow]) -> list[ResultRow]:
    return [row for row in rows if row.role != "secondary"]


def _reasons(report: Report, rows: Sequence[ResultRow]) -> Iterator[RenderableType]:
    """Why numbers are missing, each reason once."""
    by_reason: dict[str, list[ResultRow]] = {}
    for row in rows:
        if row.status != "ok" and row.status_reason:
            by_reason.setdefault(row.status_reason, []).append(row)
    n_metrics = len({row.metric_name for row in rows})
    for reason, missing in by_reason.items():
        of = "; ".join(_missing(report, missing, n_metrics))
        text = Text(f"{words.clean(of)}: {words.clean(reason)}", style=words.QUIET)
        yield Padding(text, (0, 0, 0, 2))


def _missing(report: Report, rows: Sequence[ResultRow], n_metrics: int) -> Iterator[str]:
    """Whose numbers are missing; the value of a segment once if it is those of every metric."""
    counts = Counter(row.segment_value for row in rows if row.segment_value != WHOLE)
    whole = [value for value, count in counts.items() if count == n_metrics > 1]
    if whole:
        yield f"All metrics of {', '.join(whole)}"
    for row in rows:
        if row.segment_value not in whole:
            label = report.metric(row.metric_name).label
            yield label if row.segment_value == WHOLE else f"{label}, {row.segment_value}"


def coverage(reports: Sequence[Report]) -> Text:
    """How many intervals hold the true effect, and how many should."""
    known = [
        found
        for report in reports
        for row in report.results
        if (found := report.covers(row)) is not None
    ]
    if not known:
        return Text("The simulation states no true effect of these comparisons.")
    alphas = {report.experiment.alpha for report in reports}
    expected = (
        f" At {100 * (1 - alpha):g} % each, one in {1 / alpha:.0f} misses."
        if len(alphas) == 1 and (alpha := alphas.pop())
        else ""
    )
    return Text(f"{sum(known)} of {len(known)} intervals hold the true effect.{expected}")


def legend(console: Console, reports: Sequence[Report]) -> Text:
    """What the columns and the bars mean."""
    glyphs = _glyphs(console)
    with_truth = any(report.truths is not None for report in reports)
    rows = [row for report in reports for row in report.results]
    interval = "its interval" if with_truth else "its interval, adjusted within its family of tests"
    corrections = {report.experiment.correction for report in reports}
    steps = [name for name in ("holm", "hochberg") if name in corrections]
    if not with_truth and steps:
        whose = " or ".join(f"{name.capitalize()}'s" for name in steps)
        interval += f" (Bonferroni's where the test is {whose}: a little wider)"
    if not with_truth and any(row.is_sequential for row in rows):
        interval += ", over all looks where there are several"
    parts = [
        f"{glyphs.estimate} change relative to control",
        f"{glyphs.lower}{glyphs.line}{glyphs.upper} {interval}",
    ]
    if with_truth:
        parts.append(f"{glyphs.truth} true effect")
    guarded = any(row.margin is not None and not row.asks_equivalence for row in rows)
    same = any(row.asks_equivalence for row in rows)
    if guarded or same:
        whose = " or ".join([*["a guardrail"] * guarded, *["an equivalence"] * same])
        parts.append(f"{glyphs.margin} margin of {whose}, whose p tests that it is kept")
    parts.append("p adjusted")
    if any(row.variance_reduction is not None for row in rows):
        parts.append("CUPED: variance taken away by the time before exposure")
    return Text("; ".join(parts) + ".", style=words.QUIET)


def _glyphs(console: Console) -> Glyphs:
    return ASCII if console.options.ascii_only else UNICODE
