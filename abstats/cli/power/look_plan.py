"""When a planned test may stop, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from abstats.analysis.tracks import spending_of
from abstats.inference.design import always_valid_inflation, sequential_inflation
from abstats.inference.sequential import Spending
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.look_dates import look_dates, matured_share
from abstats.spec.metric import MetricSpec


@dataclass(frozen=True)
class LookPlan:
    """The looks of a planned test.

    Attributes:
        fractions: Information at each over that of the last, increasing; (1,) is a single test.
        spending: How alpha is spent; None for an always valid design.
        futility: How 1 - power is spent on futility bounds; None for none.
        tuned_alpha: Level that an always valid design is tuned for.
    """

    fractions: tuple[float, ...] = (1.0,)
    spending: Spending | None = None
    futility: Spending | None = None
    tuned_alpha: float = 0.05

    @classmethod
    def equally_spaced(cls, looks: int, spending: str) -> LookPlan:
        """So many looks after equal shares of the information."""
        return cls(_equal_shares(looks), Spending(spending))

    @classmethod
    def like(cls, spec: ExperimentSpec) -> LookPlan:
        """As many looks as the experiment's design has, after equal shares of the information."""
        return cls._of_design(spec, _equal_shares(max(len(look_dates(spec, ())), 1)))

    @classmethod
    def declared(
        cls, spec: ExperimentSpec, metrics: Sequence[MetricSpec], metric: MetricSpec
    ) -> LookPlan:
        """The looks of a metric under the experiment's design, if units come evenly over days.

        Args:
            spec: The experiment.
            metrics: All its metrics.
            metric: The one that is planned for.
        """
        shares = {matured_share(spec, metric, day) for day in look_dates(spec, metrics)}
        return cls._of_design(spec, tuple(sorted(share for share in shares if share > 0.0)))

    @classmethod
    def _of_design(cls, spec: ExperimentSpec, fractions: tuple[float, ...]) -> LookPlan:
        sequential = spec.analysis.sequential
        if sequential is None:
            return cls()
        if sequential.method == "always_valid":
            return cls(fractions, tuned_alpha=spec.analysis.alpha)
        futility = None if sequential.futility is None else Spending(sequential.futility)
        return cls(fractions, spending_of(sequential), futility)

    @property
    def in_words(self) -> str:
        """`, 4 looks spending pocock`; empty for a single test."""
        if self.is_single:
            return ""
        if self.spending is None:
            return ", always valid"
        return f", {len(self.fractions)} looks spending {self.spending.function}"

    @property
    def is_single(self) -> bool:
        """It is read once."""
        return len(self.fractions) == 1

    def inflation(self, alpha: float, power: float, sides: int, *, has_futility: bool) -> float:
        """Largest number of units over that of a single test.

        Args:
            alpha: Level of the comparison.
            power: Its power.
            sides: 1 or 2.
            has_futility: Futility bounds are those of the comparison.
        """
        if self.is_single:
            return 1.0
        if self.spending is None:
            return always_valid_inflation(
                self.fractions, alpha=alpha, power=power, tuned_alpha=self.tuned_alpha, sides=sides
            )
        return sequential_inflation(
            self.fractions,
            self.spending,
            alpha=alpha,
            power=power,
            sides=sides,
            futility=self.futility if has_futility else None,
        )


def _equal_shares(looks: int) -> tuple[float, ...]:
    return tuple(look / looks for look in range(1, looks + 1))
