"""Outcomes of many worlds -> observed rates, each with the bands of its nominal rate."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.bands import Band, binomial_band, clustered_band
from benchmarks.coverage_outcomes import AA, KINDS, Outcome

ALPHA = 0.05
POOLED_LEVEL = 0.999
FAMILY_LEVEL = 0.999

ABSOLUTE, RELATIVE = "coverage of absolute effects", "coverage of relative effects"
AA_REJECTIONS = "A/A tests with p <= .05"
AA_CALLED = "A/A tests called ship or rollback"
HEALTH_REJECTIONS = "health checks with p <= .05"


class Rate(NamedTuple):
    """How often something happened, and how often it should.

    Attributes:
        quantity: What is counted.
        subject: What it is counted over; pooled rates name kinds, the others one comparison.
        is_pooled: Whether trials of one seed are correlated; bands are then clustered by seed.
        trials: Intervals or tests that there are.
        missing: Those that have no interval or p-value, and do not count.
        hits: Trials where it happened.
        nominal: The rate that is promised.
        band_95: Where 95 in 100 such shares lie if the promise is kept.
        gate: A pooled share's 99.9 % band; of the others, the bands that all of them stay in
            with probability 99.9 % at least (Bonferroni).
    """

    quantity: str
    subject: tuple[str, ...]
    is_pooled: bool
    trials: int
    missing: int
    hits: int
    nominal: float
    band_95: Band
    gate: Band

    @property
    def share(self) -> float:
        """Share of the trials where it happened."""
        return self.hits / self.trials

    @property
    def is_outside(self) -> bool:
        """Whether the share lies outside the gate."""
        return not self.gate.holds(self.share)


class _Trial(NamedTuple):
    quantity: str
    subject: tuple[str, ...]
    pooled_subject: tuple[str, ...] | None
    seed: int
    hit: bool | None


def rates(outcomes: Sequence[Outcome]) -> list[Rate]:
    """Every rate of the report, pooled ones first.

    Args:
        outcomes: One per seed, at least two.

    Raises:
        ValueError: Fewer than two outcomes: no variance between seeds can be had.
    """
    if len(outcomes) < 2:
        raise ValueError(f"len(outcomes) == {len(outcomes)}, must be >= 2.")
    trials = [trial for outcome in outcomes for trial in _trials(outcome)]
    pooled = _by_seed(
        ((trial.quantity, trial.pooled_subject), trial)
        for trial in trials
        if trial.pooled_subject is not None
    )
    single = _by_seed(((trial.quantity, trial.subject), trial) for trial in trials)
    single_level = 1 - (1 - FAMILY_LEVEL) / len(single)
    return [_pooled_rate(key, seeds) for key, seeds in sorted(pooled.items())] + [
        _single_rate(key, seeds, single_level) for key, seeds in sorted(single.items())
    ]


def _trials(outcome: Outcome) -> Iterator[_Trial]:
    seed = outcome.seed
    for row in outcome.comparisons:
        one = (row.experiment_id, row.treatment, row.metric, row.metric_kind, row.estimator)
        kind = KINDS[row.experiment_id]
        pooled = (kind, row.metric_kind, row.estimator)
        yield _Trial(ABSOLUTE, one, pooled, seed, row.covers_absolute)
        yield _Trial(RELATIVE, one, pooled, seed, row.covers_relative)
        if kind == AA:
            is_rejected = None if row.p_value is None else row.p_value <= ALPHA
            yield _Trial(AA_REJECTIONS, one, (row.estimator,), seed, is_rejected)
    for verdict in outcome.verdicts:
        if KINDS[verdict.experiment_id] == AA:
            is_called = verdict.verdict in ("ship", "rollback")
            called = (verdict.experiment_id, verdict.treatment)
            yield _Trial(AA_CALLED, called, None, seed, is_called)
    for test in outcome.health:
        scope = "experiment" if test.subject == "experiment" else "metric"
        yield _Trial(
            HEALTH_REJECTIONS,
            (test.experiment_id, test.check, test.subject),
            (test.check, f"per {scope}"),
            seed,
            test.p_value <= ALPHA,
        )


_Key = tuple[str, tuple[str, ...]]
_Seeds = dict[int, list[bool | None]]


def _by_seed(trials: Iterable[tuple[_Key, _Trial]]) -> dict[_Key, _Seeds]:
    grouped: dict[_Key, _Seeds] = defaultdict(lambda: defaultdict(list))
    for key, trial in trials:
        grouped[key][trial.seed].append(trial.hit)
    return grouped


def _pooled_rate(key: _Key, seeds: _Seeds) -> Rate:
    quantity, subject = key
    counted = {seed: [hit for hit in hits if hit is not None] for seed, hits in seeds.items()}
    hits = [sum(of_seed) for of_seed in counted.values()]
    trials = [len(of_seed) for of_seed in counted.values()]
    nominal = _nominal(quantity)
    return Rate(
        quantity,
        subject,
        True,
        sum(trials),
        sum(len(of_seed) for of_seed in seeds.values()) - sum(trials),
        sum(hits),
        nominal,
        clustered_band(hits, trials, nominal, 0.95),
        clustered_band(hits, trials, nominal, POOLED_LEVEL),
    )


def _single_rate(key: _Key, seeds: _Seeds, level: float) -> Rate:
    quantity, subject = key
    everything = [hit for of_seed in seeds.values() for hit in of_seed]
    counted = [hit for hit in everything if hit is not None]
    nominal = _nominal(quantity)
    band_95, gate = (binomial_band(len(counted), nominal, of) for of in (0.95, level))
    if quantity == AA_CALLED:
        # A significant primary ships only if the guardrails are proven too: at most alpha.
        band_95, gate = band_95._replace(low=0.0), gate._replace(low=0.0)
    return Rate(
        quantity,
        subject,
        False,
        len(counted),
        len(everything) - len(counted),
        sum(counted),
        nominal,
        band_95,
        gate,
    )


def _nominal(quantity: str) -> float:
    return 1 - ALPHA if quantity in (ABSOLUTE, RELATIVE) else ALPHA
