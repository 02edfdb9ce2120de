"""Bayesian stopping: the experiment ends at a 95 % chance to win or to lose."""

from collections.abc import Iterator

import numpy as np

from abstats.inference.bayes import (
    FLAT_PRIOR,
    NormalPrior,
    beta_binomial_posterior,
    calibrated_prior,
    normal_posterior,
)
from abstats.inference.score import Counts
from abstats.moments import FloatArray
from benchmarks.operating_characteristics.figure import (
    ERROR,
    HOLDS,
    LIMIT,
    NONE,
    WRONG_STOPS,
    Figure,
    counted,
)
from benchmarks.operating_characteristics.paths import equal
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

CHANCE_Z = 1.6448536269514722
PRIOR = NormalPrior(0.2, 1.0, "calibrated")
INFORMATION = 10.0  # of the last look: 1 / standard error squared


def scenarios() -> Iterator[Scenario]:
    """No effect, and effects that come from the prior, by number of looks."""
    for looks in (1, 5, 28, 2_160):
        full = 10_000 if looks == 2_160 else 100_000
        quick = 2_000 if looks == 2_160 else 10_000
        yield Scenario(f"{looks:,} looks", _normal(looks), full, quick)
    for past in (20, 50, 200):
        yield Scenario(f"prior of {past} experiments", _calibrated(past), 400, 0)
    yield Scenario("beta priors of the arms", _beta, 1_000, 0)


def _normal(looks: int) -> Simulate:
    information = equal(looks) * INFORMATION

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        null = _estimates(rng, np.zeros(experiments), information)
        stops = _stopped(null, information, FLAT_PRIOR) != 0
        none = f"no effect, {looks:,} looks"
        from_prior = f"effects from the prior, {looks:,} looks"
        effects = PRIOR.mean + PRIOR.sd * rng.standard_normal(experiments)
        paths = _estimates(rng, effects, information)
        flat, ours = (
            _stopped(paths, information, prior) * effects for prior in (FLAT_PRIOR, PRIOR)
        )
        figures = [
            counted(none, "flat prior", ERROR, stops, nominal=0.05, claim=NONE),
            _wrong(from_prior, "the right prior", ours, HOLDS),
        ]
        # Up to five looks a flat prior is wrong among fewer than 5 % where effects are this large.
        if looks > 5:
            figures.append(_wrong(from_prior, "flat prior", flat, NONE))
        return figures

    return simulate


def _wrong(scenario: str, method: str, signed: FloatArray, claim: str) -> Figure:
    """Of the experiments that stopped, those whose effect is on the other side."""
    return counted(
        scenario,
        method,
        WRONG_STOPS,
        signed < 0.0,
        nominal=0.05,
        claim=claim,
        answered=signed != 0.0,
    )


def _estimates(
    rng: np.random.Generator, effects: FloatArray, information: FloatArray
) -> FloatArray:
    """Estimates at each look, shape (experiments, looks)."""
    steps = np.diff(information, prepend=0.0)
    noise = rng.standard_normal((effects.size, information.size)) * np.sqrt(steps)
    found: FloatArray = effects[:, None] + noise.cumsum(axis=1) / information
    return found


def _stopped(paths: FloatArray, information: FloatArray, prior: NormalPrior) -> FloatArray:
    """The sign at which each experiment stops; 0 if it never does.

    The chance to win grows with the estimate: the posterior says where it reaches 95 %.
    """
    up, down = (
        np.array([_limit(amount, prior, sign) for amount in information.tolist()])
        for sign in (1.0, -1.0)
    )
    wins, loses = paths > up, -paths > down
    first = (wins | loses).argmax(axis=1)
    rows = np.arange(len(paths))
    sign: FloatArray = np.where(wins[rows, first], 1.0, np.where(loses[rows, first], -1.0, 0.0))
    return sign


def _limit(amount: float, prior: NormalPrior, sign: float) -> float:
    turned = NormalPrior(sign * prior.mean, prior.sd, prior.source)
    at_zero, at_one = (normal_posterior(y, amount**-0.5, turned) for y in (0.0, 1.0))
    return (CHANCE_Z * at_zero.sd - at_zero.mean) / (at_one.mean - at_zero.mean)


def _calibrated(past: int) -> Simulate:
    """Standard errors of past experiments about as large as the spread of their effects."""
    scenario = f"prior from {past} past experiments, 28 looks"
    information = equal(28) * 2.25

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        signed = []
        for _ in range(experiments):
            errors = np.exp(0.3 * rng.standard_normal(past))
            true = rng.standard_normal(past)
            found = calibrated_prior(true + errors * rng.standard_normal(past), errors)
            if found.prior is None:
                continue
            effects = rng.standard_normal(200)
            paths = _estimates(rng, effects, information)
            signed.append(_stopped(paths, information, found.prior) * effects)
        return [_wrong(scenario, "calibrated prior", np.concatenate(signed), LIMIT)]

    return simulate


def _beta(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """A/A at 5 %, uniform priors of both rates, 200 units an arm and look."""
    units, looks = 200, 5
    events = rng.binomial(units, 0.05, size=(experiments, 2, looks)).cumsum(axis=2)
    stops = np.zeros(experiments, dtype=bool)
    for i, (control, treatment) in enumerate(events):
        for look in range(looks):
            n = units * (look + 1)
            counts = Counts(int(control[look]), n, int(treatment[look]), n)
            if not 0.05 < beta_binomial_posterior(counts).chance_to_win < 0.95:
                stops[i] = True
                break
    return [
        counted(
            "no effect, Bernoulli 5 %, 5 looks",
            "beta priors of the arms",
            ERROR,
            stops,
            nominal=0.05,
            claim=NONE,
        )
    ]
