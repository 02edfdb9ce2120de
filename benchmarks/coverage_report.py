"""Rates and verdicts as a page of Markdown tables and as JSON."""

import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from statistics import mean
from typing import Any, NamedTuple

from benchmarks.bands import Band
from benchmarks.coverage_outcomes import KINDS, Comparison, Outcome
from benchmarks.coverage_rates import (
    AA_CALLED,
    AA_REJECTIONS,
    ABSOLUTE,
    HEALTH_REJECTIONS,
    RELATIVE,
    Rate,
)

PACKAGES = ("abstats", "dbt-core", "dbt-duckdb", "duckdb", "ibis-framework", "numpy", "scipy")
VERDICTS = ("ship", "rollback", "keep_running", "inconclusive", "invalid")


class Settings(NamedTuple):
    """What decides the figures, besides the code.

    Attributes:
        seeds: Number of worlds.
        first_seed: Seed of the first; the others follow by ones.
        users: Viewers of each world.
        days: Days of the experiments.
    """

    seeds: int
    first_seed: int
    users: int
    days: int


def versions() -> dict[str, str]:
    """Versions of everything that makes the figures."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def as_json(settings: Settings, outcomes: Sequence[Outcome], all_rates: Sequence[Rate]) -> Any:
    """Everything of the report, for programs."""
    return {
        "settings": settings._asdict(),
        "versions": versions(),
        "is_within_bands": not any(rate.is_outside for rate in all_rates),
        "rates": [
            rate._asdict()
            | {
                "share": rate.share,
                "band_95": rate.band_95._asdict(),
                "gate": rate.gate._asdict(),
                "is_outside": rate.is_outside,
            }
            for rate in all_rates
        ],
        "verdicts": [
            {"experiment_id": experiment, "treatment": treatment, "verdict": verdict, "n": n}
            for (experiment, treatment, verdict), n in sorted(_verdicts(outcomes).items())
        ],
        "wrong_verdicts": _wrong_verdicts(outcomes),
    }


def as_markdown(settings: Settings, outcomes: Sequence[Outcome], all_rates: Sequence[Rate]) -> str:
    """The tables of the report, with a heading each."""
    first, last = settings.first_seed, settings.first_seed + settings.seeds - 1
    outside = [rate for rate in all_rates if rate.is_outside]
    within_95 = sum(rate.band_95.holds(rate.share) for rate in all_rates)
    pooled = sum(rate.is_pooled for rate in all_rates)
    parts = [
        f"{settings.seeds} worlds (seeds {first} to {last}) of {settings.users:,} viewers, "
        f"{settings.days} days of experiments. "
        + ", ".join(f"{name} {number}" for name, number in versions().items())
        + ".",
        f"**{len(outside)} of {len(all_rates)} rates are outside their gate** "
        f"({pooled} pooled, {len(all_rates) - pooled} single); "
        f"{within_95} are within their 95 % band.",
        *(f"- outside: {described(rate)}" for rate in outside),
        "### Intervals that cover the truth, pooled",
        _pooled_coverage(all_rates),
        "### Intervals that cover the truth, one comparison each",
        _single_bands(all_rates, ABSOLUTE),
        _single_coverage(outcomes, all_rates),
        "### A/A tests that reject",
        _plain(all_rates, AA_REJECTIONS),
        "### A/A tests that are called ship or rollback",
        _plain(all_rates, AA_CALLED),
        "### Verdicts",
        _verdict_table(outcomes),
        "### Health checks that reject",
        _plain([rate for rate in all_rates if rate.is_pooled], HEALTH_REJECTIONS),
    ]
    return "\n\n".join(parts) + "\n"


def described(rate: Rate) -> str:
    """A rate in one line."""
    return (
        f"{rate.quantity}, {' / '.join(rate.subject)}: {_percent(rate.share)} of {rate.trials}, "
        f"nominal {_percent(rate.nominal)}, gate {_band(rate.gate)}"
    )


def _pooled_coverage(all_rates: Sequence[Rate]) -> str:
    relative = {rate.subject: rate for rate in all_rates if rate.quantity == RELATIVE}
    return _table(
        "experiment | metric kind | estimator | intervals "
        "| absolute | 95 % band | 99.9 % band | relative | 95 % band | 99.9 % band",
        (
            [*rate.subject, f"{rate.trials:,}", *_shares(rate), *_shares(relative[rate.subject])]
            for rate in all_rates
            if rate.quantity == ABSOLUTE and rate.is_pooled
        ),
    )


def _single_bands(all_rates: Sequence[Rate], quantity: str) -> str:
    bands = {
        (rate.trials, rate.band_95, rate.gate)
        for rate in all_rates
        if rate.quantity == quantity and not rate.is_pooled
    }
    return "\n".join(
        f"Bands for {trials} intervals: 95 % {_band(band_95)}, gate {_band(gate)}."
        for trials, band_95, gate in sorted(bands, reverse=True)
    )


def _single_coverage(outcomes: Sequence[Outcome], all_rates: Sequence[Rate]) -> str:
    relative = {rate.subject: rate for rate in all_rates if rate.quantity == RELATIVE}
    rows: dict[tuple[str, ...], list[Comparison]] = {}
    for outcome in outcomes:
        for row in outcome.comparisons:
            subject = (row.experiment_id, row.treatment, row.metric, row.metric_kind)
            rows.setdefault((*subject, row.estimator), []).append(row)
    return _table(
        "experiment | treatment | metric | kind | estimator | intervals "
        "| absolute | relative | no relative interval | mean error (se) | variance reduction",
        (
            [
                *rate.subject,
                str(rate.trials),
                _percent(rate.share),
                _percent(relative[rate.subject].share),
                str(relative[rate.subject].missing),
                _mean(row.error for row in rows[rate.subject]),
                _mean(row.variance_reduction for row in rows[rate.subject]),
            ]
            for rate in all_rates
            if rate.quantity == ABSOLUTE and not rate.is_pooled
        ),
    )


def _plain(all_rates: Sequence[Rate], quantity: str) -> str:
    return _table(
        "of | trials | share | 95 % band | gate",
        (
            [" / ".join(rate.subject), f"{rate.trials:,}", *_shares(rate)]
            for rate in all_rates
            if rate.quantity == quantity
        ),
    )


def _verdict_table(outcomes: Sequence[Outcome]) -> str:
    counts = _verdicts(outcomes)
    wrong = _wrong_verdicts(outcomes)
    subjects = dict.fromkeys((experiment, treatment) for experiment, treatment, _ in counts)
    return _table(
        "experiment | kind | treatment | " + " | ".join(VERDICTS) + " | against the truth",
        (
            [
                experiment,
                KINDS[experiment],
                treatment,
                *(str(counts[experiment, treatment, verdict]) for verdict in VERDICTS),
                str(wrong[f"{experiment} / {treatment}"]),
            ]
            for experiment, treatment in subjects
        ),
    )


def _verdicts(outcomes: Sequence[Outcome]) -> Counter[tuple[str, str, str]]:
    return Counter(
        (verdict.experiment_id, verdict.treatment, verdict.verdict)
        for outcome in outcomes
        for verdict in outcome.verdicts
    )


def _wrong_verdicts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    wrong: dict[str, int] = {}
    for outcome in outcomes:
        for verdict in outcome.verdicts:
            subject = f"{verdict.experiment_id} / {verdict.treatment}"
            wrong[subject] = wrong.get(subject, 0) + verdict.is_wrong
    return wrong


def _shares(rate: Rate) -> list[str]:
    return [_percent(rate.share), _band(rate.band_95), _band(rate.gate)]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _band(band: Band) -> str:
    return f"{100 * band.low:.1f} to {100 * band.high:.1f}"


def _mean(values: Iterable[float | None]) -> str:
    counted = [value for value in values if value is not None]
    return f"{mean(counted):+.3f}" if counted else ""


def _table(header: str, rows: Iterable[Sequence[str]]) -> str:
    rule = " | ".join("---" for _ in header.split("|"))
    lines = [header, rule, *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)
