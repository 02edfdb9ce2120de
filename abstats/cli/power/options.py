"""The options of `abstats power`, and the test that they ask for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from abstats.cli.failure import CommandError
from abstats.cli.power.look_plan import LookPlan
from abstats.cli.power.planning import MOST_WEEKS, Question
from abstats.inference import METHODS
from abstats.inference.sequential import SPENDING_FUNCTIONS
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.problems import nearest

CORRECTIONS = (*METHODS, "dunnett")
WITHOUT_PARAMETER = tuple(
    name for name in SPENDING_FUNCTIONS if name in ("obrien_fleming", "pocock")
)


@dataclass(frozen=True)
class Options:
    """What is planned; None takes what the experiment declares.

    Attributes:
        effect: Relative effect to be detected; None asks for none.
        split: Shares of control and of each treatment, "0.5,0.25,0.25".
        alpha: Level of a family of tests.
        power: Power.
        correction: Correction within a family.
        one_sided: One-sided tests.
        looks: Looks that may stop the test, equally spaced.
        spending: Spending function of these looks; None is O'Brien-Fleming's.
        weeks: Weeks to show.
    """

    effect: float | None = None
    split: str | None = None
    alpha: float | None = None
    power: float | None = None
    correction: str | None = None
    one_sided: bool = False
    looks: int | None = None
    spending: str | None = None
    weeks: int = 8


def question_of(spec: ExperimentSpec, options: Options) -> Question:
    """The planned test.

    Raises:
        CommandError: An option is out of range.
    """
    analysis = spec.analysis
    alpha = analysis.alpha if options.alpha is None else options.alpha
    power = analysis.power if options.power is None else options.power
    for name, value in (("alpha", alpha), ("power", power)):
        if not 0.0 < value < 1.0:
            raise CommandError(f"{name} == {value!r}, must be > 0 and < 1.")
    if power <= alpha:
        raise CommandError(f"power == {power!r}, must be > alpha == {alpha!r}.")
    effect = options.effect
    if effect is not None and not 0.0 < effect < math.inf:
        raise CommandError(f"effect == {effect!r}, must be > 0; 0.02 is two percent.")
    for name, count, most in (("looks", options.looks, 100), ("weeks", options.weeks, MOST_WEEKS)):
        if count is not None and not 1 <= count <= most:
            raise CommandError(f"{name} == {count!r}, must be >= 1 and <= {most}.")
    correction = options.correction or analysis.correction
    spending = options.spending or "obrien_fleming"
    for name, word, allowed in (
        ("correction", correction, CORRECTIONS),
        ("spending", spending, WITHOUT_PARAMETER),
    ):
        if word not in allowed:
            hint = nearest(word, allowed)
            raise CommandError(
                f"{name} == {word!r}, must be one of {', '.join(allowed)}."
                f"{' ' + hint if hint else ''}"
            )
    if options.spending is not None and options.looks is None:
        raise CommandError(f"spending == {spending!r}, must stand beside looks: say how many.")
    return Question(
        spec=spec,
        weights=declared_weights(spec) if options.split is None else _weights(options.split),
        alpha=alpha,
        power=power,
        correction=correction,
        sides=1 if options.one_sided else 2,
        looks=_looks(spec, options.looks, spending),
        effect=effect,
    )


def _looks(spec: ExperimentSpec, looks: int | None, spending: str) -> LookPlan:
    return LookPlan.like(spec) if looks is None else LookPlan.equally_spaced(looks, spending)


def declared_weights(spec: ExperimentSpec) -> tuple[float, ...]:
    """The shares of control and of each treatment, at the end of a ramp."""
    return (spec.variants[spec.control], *(spec.variants[name] for name in spec.treatments))


def _weights(split: str) -> tuple[float, ...]:
    rule = "must be shares of control and each treatment that add up to 1: 0.5,0.25,0.25."
    try:
        weights = tuple(float(part) for part in split.split(","))
    except ValueError as error:
        raise CommandError(f"split == {split!r}, {rule}") from error
    if len(weights) < 2 or min(weights) <= 0.0 or abs(sum(weights) - 1.0) > 1e-9:
        raise CommandError(f"split == {split!r}, {rule}")
    return weights
