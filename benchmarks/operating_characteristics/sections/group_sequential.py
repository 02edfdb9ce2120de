"""Group sequential designs on normal increments: every spending function, futility, the stop."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from abstats.inference.sequential import (
    Bounds,
    Plan,
    Spending,
    classic_bounds,
    drift_for_power,
    futility_design,
    inference_at_stop,
    monitor,
    repeated_intervals,
    spending_bounds,
)
from abstats.moments import FloatArray
from benchmarks.operating_characteristics.figure import (
    COVERAGE,
    ERROR,
    NONE,
    POWER,
    Figure,
    counted,
    covered,
)
from benchmarks.operating_characteristics.paths import equal, ever, z_paths
from benchmarks.operating_characteristics.scenario import Scenario, Simulate

ALPHA, ASKED = 0.05, 0.8
SPENDINGS = {
    "O'Brien-Fleming": Spending("obrien_fleming"),
    "Pocock": Spending("pocock"),
    "Hwang-Shih-DeCani -4": Spending("hwang_shih_decani", -4.0),
    "Kim-DeMets 2": Spending("kim_demets", 2.0),
}


def scenarios() -> Iterator[Scenario]:
    """Sizes and powers by number of looks; looks off the plan; futility; the stop."""
    every = tuple(SPENDINGS)
    for looks, full, quick in ((1, 100_000, 0), (5, 100_000, 20_000), (28, 100_000, 10_000)):
        yield Scenario(f"{looks:,} looks", _designs(looks, every), full, quick)
    yield Scenario("2,160 looks", _designs(2_160, every), 40_000, 0)
    yield Scenario("2,160 looks, quickly", _designs(2_160, every[:1]), 0, 4_000)
    yield Scenario("classic designs, 5 looks", _classic, 100_000, 0)
    yield Scenario("looks off the plan", _off_plan, 2_000, 400)
    for is_binding in (False, True):
        name = f"futility, {'binding' if is_binding else 'not binding'}"
        yield Scenario(name, _futility(is_binding), 100_000, 20_000)
    for drift in (0.0, 1.5, 3.0):
        yield Scenario(f"at the stop, drift {drift:g}", _stop(drift), 10_000, 0)
    yield Scenario("at the stop, quickly", _stop(1.5), 0, 1_500)


def spent(looks: int, spending: Spending) -> Bounds:
    """A design of equally spaced looks."""
    return spending_bounds(equal(looks), alpha=ALPHA, spending=spending)


def _designs(looks: int, names: tuple[str, ...]) -> Simulate:
    scenario = f"normal increments, {looks:,} looks"

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        designs = {name: spent(looks, SPENDINGS[name]) for name in names}
        null = np.abs(z_paths(rng, experiments, equal(looks)))
        figures = [
            counted(scenario, name, ERROR, ever(null >= design.upper), nominal=ALPHA)
            for name, design in designs.items()
        ]
        naive = counted(
            scenario,
            "fixed test at every look",
            ERROR,
            ever(null >= 1.959964),
            nominal=ALPHA,
            claim=NONE if looks > 1 else "holds",
        )
        figures.append(naive)
        for name, design in designs.items():
            if looks > 28:
                continue
            drift = drift_for_power(design, ASKED)
            z = z_paths(rng, experiments, equal(looks), drift)
            won = _wins(z, design)
            figures.append(counted(scenario, name, POWER, won, nominal=ASKED))
            inside = _all_hold(design, z, drift)
            figures.append(counted(scenario, name, COVERAGE, inside, nominal=1.0 - ALPHA))
        return figures

    return simulate


def _wins(z: FloatArray, design: Bounds) -> FloatArray:
    """Whether the first bound that is crossed is the upper one."""
    crossed = np.abs(z) >= design.upper
    first = crossed.argmax(axis=1)
    rows = np.arange(len(z))
    won: FloatArray = crossed[rows, first] & (z[rows, first] > 0.0)
    return won


def _all_hold(design: Bounds, z: FloatArray, drift: float) -> FloatArray:
    """Whether the repeated intervals of all looks together hold the drift."""
    errors = 1.0 / np.sqrt(design.fractions)
    found = repeated_intervals(design, z * errors, errors)
    held: FloatArray = ((found.lower <= drift) & (drift <= found.upper)).all(axis=1)
    return held


def _classic(rng: np.random.Generator, experiments: int) -> list[Figure]:
    scenario, t = "normal increments, 5 looks", equal(5)
    z = np.abs(z_paths(rng, experiments, t))
    return [
        counted(
            scenario,
            f"classic {name}",
            ERROR,
            ever(z >= classic_bounds(shape, t, alpha=ALPHA).upper),
            nominal=ALPHA,
        )
        for name, shape in (("O'Brien-Fleming", "obrien_fleming"), ("Pocock", "pocock"))
    ]


def _off_plan(rng: np.random.Generator, experiments: int) -> list[Figure]:
    """Two to six looks at random times; the last over- or under-runs by up to a fifth."""
    scenario = "normal increments, 2 to 6 looks at random times, last at .8 to 1.2"
    figures = []
    for name, spending in SPENDINGS.items():
        plan = Plan(alpha=ALPHA, spending=spending)
        rejected = np.zeros(experiments, dtype=bool)
        for i in range(experiments):
            inner = np.sort(rng.uniform(0.05, 0.75, rng.integers(1, 6)))
            t = np.append(inner, rng.uniform(0.8, 1.2))
            z = z_paths(rng, 1, t)[0]
            last = monitor(plan, t, z, is_final=True)[-1]
            rejected[i] = last.decision in ("reject_upper", "reject_lower")
        figures.append(counted(scenario, name, ERROR, rejected, nominal=ALPHA))
    return figures


def _futility(is_binding: bool) -> Simulate:
    kind = "binding" if is_binding else "not binding"
    scenario = f"normal increments, 5 looks, one-sided .025, futility {kind}"

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        design = futility_design(
            equal(5),
            alpha=ALPHA / 2.0,
            power=ASKED,
            spending=SPENDINGS["O'Brien-Fleming"],
            beta_spending=SPENDINGS["Pocock"],
            is_binding=is_binding,
        )
        null = z_paths(rng, experiments, equal(5))
        z = z_paths(rng, experiments, equal(5), design.drift)
        obeyed = _obeyed(null, design.bounds)
        overruled = ever(null >= design.bounds.upper)
        # Bounds that do not bind are for the looks that go on, so they err on the safe side.
        claim = NONE if is_binding else "holds"
        return [
            counted(scenario, "futility obeyed", ERROR, obeyed, nominal=ALPHA / 2.0),
            counted(
                scenario, "futility overruled", ERROR, overruled, nominal=ALPHA / 2.0, claim=claim
            ),
            counted(scenario, "futility obeyed", POWER, _obeyed(z, design.bounds), nominal=ASKED),
        ]

    return simulate


def _obeyed(z: FloatArray, bounds: Bounds) -> FloatArray:
    """Whether an experiment that stops at the first bound of any kind stops at the upper one."""
    stops = (z >= bounds.upper) | (z <= bounds.futility)
    first = stops.argmax(axis=1)
    rows = np.arange(len(z))
    won: FloatArray = (z >= bounds.upper)[rows, first]
    return won


def _stop(drift: float) -> Simulate:
    """Pocock's bounds at five looks; the interval, and the median of the estimate, at the stop."""
    scenario = f"normal increments, 5 looks, drift {drift:g}, at the stop"
    spending, errors = SPENDINGS["Pocock"], equal(5) ** -0.5

    def simulate(rng: np.random.Generator, experiments: int) -> list[Figure]:
        z, at = _stopped(rng, experiments, drift)
        ends, below = np.empty((experiments, 2)), np.empty(experiments)
        parts = [
            spending_bounds(equal(5)[: look + 1], alpha=ALPHA, spending=spending)
            for look in range(5)
        ]
        for i, look in enumerate(at.tolist()):
            found = inference_at_stop(parts[look], float(z[i]), float(errors[look]), ALPHA)
            ends[i] = found.ci_lower, found.ci_upper
            below[i] = found.estimate <= drift
        figures = [
            covered(scenario, "stage-wise interval", ends, drift),
            counted(scenario, "median-unbiased, above", COVERAGE, 1.0 - below, nominal=0.5),
            counted(scenario, "median-unbiased, below", COVERAGE, below, nominal=0.5),
        ]
        if drift == 1.5:
            z, at = _stopped(rng, 10 * experiments, drift)
            naive = np.stack([z - 1.959964, z + 1.959964], axis=1) * errors[at][:, None]
            figures.append(covered(scenario, "fixed interval", naive, drift, claim=NONE))
        return figures

    return simulate


def _stopped(
    rng: np.random.Generator, experiments: int, drift: float
) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """The statistic at the stop, and the look at which it is."""
    z = z_paths(rng, experiments, equal(5), drift)
    crossed = np.abs(z) >= spent(5, SPENDINGS["Pocock"]).upper
    at = np.where(crossed.any(axis=1), crossed.argmax(axis=1), 4)
    return z[np.arange(experiments), at], at
