"""Which distribution-free checks of its results an experiment asks for."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from abstats.spec.fields import Spec, Whole, broken_rule

FEWEST_REPLICATES, MOST_REPLICATES = 1_000, 100_000
FEWEST_IN_A_TAIL = 10
"""Replicates beyond each bound of an interval: with fewer a bound is a matter of luck."""

Replicates = Annotated[Whole, Field(ge=FEWEST_REPLICATES, le=MOST_REPLICATES)]


class CrossChecks(Spec):
    """Checks of the unadjusted estimates that assume no distribution.

    Attributes:
        bootstrap: Replicates of the Poisson bootstrap; None for no bootstrap.
        permutation: Permutations of the permutation test; None for no such test.
    """

    bootstrap: Annotated[
        Replicates | None, Field(description="Replicates of the Poisson bootstrap.")
    ] = None
    permutation: Annotated[
        Replicates | None, Field(description="Permutations of the permutation test.")
    ] = None

    @property
    def replicates(self) -> dict[str, int]:
        """The methods that are asked for, with their replicates."""
        methods = {"poisson_bootstrap": self.bootstrap, "permutation": self.permutation}
        return {method: n for method, n in methods.items() if n is not None}

    @model_validator(mode="after")
    def _asks_for_one(self) -> Self:
        if not self.replicates:
            raise broken_rule("is empty", "must have bootstrap, permutation or both")
        return self


def check_tails(checks: CrossChecks, alpha: float) -> None:
    """Raise where the replicates are too few for intervals and tests at that level."""
    fewest = round(2 * FEWEST_IN_A_TAIL / alpha)
    for key in ("bootstrap", "permutation"):
        n = getattr(checks, key)
        if n is not None and n < fewest:
            rule = f"must be >= {fewest}, {FEWEST_IN_A_TAIL} in each tail"
            raise broken_rule(f"== {n} beside alpha == {alpha:g}", rule, below=(key,))
