"""The figures as JSON, and as the tables of the method note."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from benchmarks.operating_characteristics.figure import (
    HOLDS,
    LIMIT,
    NONE,
    PROMISES,
    Figure,
)

PACKAGES = ("abstats", "numpy", "scipy")
Report = dict[str, Any]
TITLES = {
    "means": "Means, one look: Welch's t and Fieller's interval",
    "proportions": "Proportions, one look: the score test and mid-p",
    "ratios": "Ratios, one look: the delta method",
    "cuped": "CUPED, one look",
    "margins": "Margins: non-inferiority and equivalence, the truth on the margin",
    "strata": "Strata: ramps and attributes",
    "quantiles": "Quantiles of events, clustered by user",
    "ginis": "Gini coefficients, A/A",
    "families": "Families: several treatments and metrics",
    "omnibus": "Omnibus test, no difference",
    "sample_ratio": "Sample ratio checks at .001",
    "group_sequential": "Group sequential designs",
    "always_valid": "Confidence sequences and the mixture SPRT",
    "arrivals": "Looks while units arrive, no effect",
    "accumulating": "Totals that grow after entry, no effect",
    "bayes": "Bayesian stopping at a 95 % chance to win or to lose",
    "power": "Power against the 80 % that was planned",
}
MARKS = {"holds": "", "conservative": " (c)", "fails": " **fails**", "no answer": ""}


def as_json(figures: Mapping[str, Sequence[Figure]], *, seed: int, quick: bool) -> Report:
    """Everything of the report, for programs; `as_markdown` needs nothing else."""
    return {
        "seed": seed,
        "quick": quick,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "sections": {
            section: [figure._asdict() | _derived(figure) for figure in of_section]
            for section, of_section in figures.items()
        },
    }


def _derived(figure: Figure) -> Report:
    return {
        "observed": None if math.isnan(figure.observed) else figure.observed,
        "band": figure.band._asdict(),
        "verdict": figure.verdict,
    }


def as_text(report: Report) -> str:
    """The report as JSON, one figure a line."""
    head = json.dumps({name: value for name, value in report.items() if name != "sections"})
    sections = ",\n".join(
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
        for name, rows in report["sections"].items()
    )
    return f'{head[:-1]}, "sections": {{\n{sections}\n}}}}\n'


def read_figures(report: Report) -> dict[str, list[Figure]]:
    """The figures of a report."""
    return {
        section: [Figure(**{name: row[name] for name in Figure._fields}) for row in rows]
        for section, rows in report["sections"].items()
    }


def as_markdown(report: Report) -> str:
    """The tables of the method note."""
    figures = read_figures(report)
    everything = [figure for of_section in figures.values() for figure in of_section]
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    ours = [figure for figure in everything if figure.claim != NONE]
    parts = [
        f"Seed {report['seed']}; {versions}. {len(everything)} rates over "
        f"{sum(figure.drawn for figure in everything):,} simulated answers.",
        "### In short",
        _counts(everything),
        "### What survives peeking",
        _peeking(figures),
        "### Where ours fails",
        _failures(figure for figure in ours if figure.verdict == "fails"),
        "### From how many units on",
        _from_units(figures),
    ]
    for section, of_section in figures.items():
        parts += [f"### {TITLES[section]}", _section(of_section)]
    return "\n\n".join(parts) + "\n"


def _counts(figures: Sequence[Figure]) -> str:
    rows = []
    for claim, meaning in (
        (HOLDS, "abstats: holds"),
        (LIMIT, "abstats: holds in the limit"),
        (NONE, "the wrong way"),
    ):
        verdicts = [figure.verdict for figure in figures if figure.claim == claim]
        rows.append(
            [meaning, *(str(verdicts.count(verdict)) for verdict in MARKS), str(len(verdicts))]
        )
    return _table(["claim", *MARKS, "rates"], rows)


def _peeking(figures: Mapping[str, Sequence[Figure]]) -> str:
    """Type I errors by number of looks, on normal increments."""
    looks = ("1", "5", "28", "2,160")
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for section in ("group_sequential", "always_valid", "bayes", "sample_ratio"):
        for figure in figures.get(section, ()):
            words = figure.scenario.split(", ")
            if not words[-1].endswith((" looks", " look")) or figure.promise in PROMISES[4:]:
                continue
            count = words[-1].split()[0]
            is_other = section == "bayes" and "Bernoulli" in figure.scenario
            if is_other or count not in looks:
                continue
            kind = figure.method + (f", {words[0]}" if section in ("bayes", "sample_ratio") else "")
            place = rows.setdefault((kind, _percent(figure.nominal)), {})
            place.setdefault(count, _percent(figure.observed) + MARKS[figure.verdict])
    table = [
        [
            method,
            nominal,
            *(found.get(count, "") for count in looks),
            "no" if any(MARKS["fails"] in text for text in found.values()) else "yes",
        ]
        for (method, nominal), found in rows.items()
        if len(found) > 1
    ]
    header = ["method", "promised", *(f"{n} look{'s' if n != '1' else ''}" for n in looks)]
    header.append("survives")
    return _table(header, table)


def _failures(failures: Iterable[Figure]) -> str:
    rows = [
        [
            figure.scenario,
            figure.method,
            figure.claim,
            figure.promise,
            _percent(figure.nominal),
            _percent(figure.observed),
            _band(figure),
        ]
        for figure in failures
    ]
    if not rows:
        return "Nowhere."
    header = ["scenario", "method", "claim", "promise", "nominal", "observed", "99.9 % band"]
    return _table(header, rows)


def _from_units(figures: Mapping[str, Sequence[Figure]]) -> str:
    """The least units from which on no larger size fails, by population, method and promise."""
    sizes: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for section in ("means", "proportions", "ratios", "cuped"):
        for figure in figures.get(section, ()):
            *population, units = figure.scenario.split(", ")
            if figure.claim == NONE or not units.endswith(" units"):
                continue
            n = int(units.removesuffix(" units").replace(",", ""))
            key = (", ".join(population), figure.method, figure.promise)
            sizes.setdefault(key, []).append((n, figure.verdict))
    found: dict[tuple[str, str], dict[str, str]] = {}
    for (population_name, method, promise), verdicts in sizes.items():
        if len(verdicts) < 3:
            continue
        bad = [n for n, verdict in verdicts if verdict in ("fails", "no answer")]
        good = [n for n, _ in verdicts if n > max(bad, default=0)]
        text = f"{min(good):,}" if good else f"> {max(bad):,}"
        found.setdefault((population_name, method), {})[promise] = text
    columns = list(dict.fromkeys(promise for row in found.values() for promise in row))
    return _table(
        ["population and split", "method", *columns],
        [[*key, *(row.get(column, "") for column in columns)] for key, row in found.items()],
    )


def _section(figures: Sequence[Figure]) -> str:
    """One row per scenario and method, a column for each promise."""
    columns = [name for name in PROMISES if any(figure.promise == name for figure in figures)]
    rows: dict[tuple[str, str, str], dict[str, Figure]] = {}
    for figure in figures:
        key = (figure.scenario, figure.method, figure.claim)
        rows.setdefault(key, {})[figure.promise] = figure
    table = []
    for key, found in rows.items():
        replications = {figure.replications for figure in found.values()}
        missing = {figure.drawn - figure.replications for figure in found.values()}
        table.append(
            [
                *key,
                *(_cell(found[name]) if name in found else "" for name in columns),
                _span(replications),
                _span(missing) if missing != {0} else "",
            ]
        )
    header = ["scenario", "method", "claim", *columns, "replications", "left out"]
    return _table(header, table)


def _cell(figure: Figure) -> str:
    if not figure.replications:
        return "no answer"
    return f"{_percent(figure.observed)} [{_band(figure)}]{MARKS[figure.verdict]}"


def _span(numbers: set[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _band(figure: Figure) -> str:
    digits = 1 if figure.nominal >= 0.01 else 3
    low, high = figure.band
    return f"{100 * low:.{digits}f}, {100 * high:.{digits}f}"


def _percent(share: float) -> str:
    return f"{100 * share:.3f} %" if 0.0 < share < 0.01 else f"{100 * share:.1f} %"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(header), ["---"] * len(header), *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
