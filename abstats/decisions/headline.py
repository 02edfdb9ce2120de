"""What the verdict reads of a result row, and how it is said in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from abstats.analysis.cells import ALL
from abstats.analysis.estimates import EQUIVALENCE
from abstats.decisions.wording import either_way, p_value, percent, signed, signed_percent


class Headline(NamedTuple):
    """A headline row of the whole population, as fct_experiment_results stores it.

    The attributes are that table's columns; NULL is None.
    """

    experiment_id: str
    metric_name: str
    treatment_variant_id: str
    control_variant_id: str
    estimator: str
    role: str
    direction: str
    hypothesis: str
    effect_abs: float | None
    effect_abs_ci_adjusted_lower: float | None
    effect_abs_ci_adjusted_upper: float | None
    effect_rel: float | None
    effect_rel_ci_adjusted_lower: float | None
    effect_rel_ci_adjusted_upper: float | None
    p_value: float | None
    p_value_adjusted: float | None
    alpha: float
    is_significant: bool | None
    margin: float | None
    margin_type: str | None
    p_value_non_inferiority: float | None
    is_non_inferior: bool | None
    status: str
    status_reason: str

    @property
    def asks_equivalence(self) -> bool:
        """It is to be shown to be the same, whatever direction is good."""
        return self.hypothesis == EQUIVALENCE

    @property
    def is_better(self) -> bool:
        """Significantly different in the wanted direction."""
        return self._is_different and self._wanted_change > 0

    @property
    def is_worse(self) -> bool:
        """Significantly different in the other direction."""
        return self._is_different and self._wanted_change < 0

    @property
    def is_equivalent(self) -> bool:
        """Shown to change by less than its margin, either way."""
        return self.asks_equivalence and bool(self.is_significant)

    @property
    def is_beyond_margin(self) -> bool:
        """Shown to change by more than its margin: the interval lies beyond it, on one side."""
        if not self.asks_equivalence or self.margin is None:
            return False
        lower, upper = self._bounds_of_margin
        above = lower is not None and lower >= self.margin
        return above or (upper is not None and upper <= -self.margin)

    @property
    def exceeds_margin(self) -> bool:
        """A guardrail significantly worse than it may be.

        With a margin: the one-sided test that the change is beyond the margin, whose p-value is
        the complement of the non-inferiority test's. Without one, and where the test cannot be
        had (a relative margin of a control mean of zero allows nothing): significantly worse.
        """
        p = self.p_value_non_inferiority
        if self.margin is None or p is None:
            return self.is_worse
        return 1 - p <= self.alpha

    @property
    def wanted_gain(self) -> float:
        """Effect in the wanted direction: relative where it can be had, else absolute."""
        gain = self.effect_abs if self.effect_rel is None else self.effect_rel
        return 0.0 if gain is None else gain if self.direction == "increase" else -gain

    @property
    def _is_different(self) -> bool:
        return bool(self.is_significant) and not self.asks_equivalence

    @property
    def _bounds_of_margin(self) -> tuple[float | None, float | None]:
        """The adjusted interval in the margin's terms."""
        if self.margin_type == "relative":
            return self.effect_rel_ci_adjusted_lower, self.effect_rel_ci_adjusted_upper
        return self.effect_abs_ci_adjusted_lower, self.effect_abs_ci_adjusted_upper

    @property
    def _wanted_change(self) -> float:
        change = self.effect_abs or 0.0
        return change if self.direction == "increase" else -change

    def in_words(self) -> str:
        """`ctr +3.20 % [+1.10 %, +5.30 %], adjusted p = 0.0031`."""
        if self.p_value is None or self.effect_abs is None:
            return f"{self.metric_name} cannot be estimated ({self.status}: {self.status_reason})"
        if self.asks_equivalence:
            return self._equivalence_in_words()
        if self.role == "guardrail":
            p = p_value(self.p_value)
        else:
            p = f"adjusted {p_value(self.p_value_adjusted or 0.0)}"
        return f"{self.metric_name} {self._change()}, {p}"

    def margin_in_words(self) -> str:
        """The guardrail's test: against its margin, or for any worsening."""
        if self.margin is None:
            return self.in_words()
        margin = percent(self.margin) if self.margin_type == "relative" else f"{self.margin:g}"
        if self.p_value_non_inferiority is None:
            return f"{self.in_words()}, margin {margin} cannot be tested"
        test = p_value(self.p_value_non_inferiority)
        return f"{self.metric_name} {self._change()}, margin {margin}, non-inferiority {test}"

    def _equivalence_in_words(self) -> str:
        """`ctr +0.20 % [-0.31 %, +0.71 %], margin ±1 %, adjusted equivalence p = 0.0031`."""
        change = self._change()
        margin = either_way(self.margin or 0.0, self.margin_type)
        if self.p_value_adjusted is None:
            return f"{self.metric_name} {change}, margin {margin} cannot be tested"
        test = p_value(self.p_value_adjusted)
        return f"{self.metric_name} {change}, margin {margin}, adjusted equivalence {test}"

    def _change(self) -> str:
        relative = (self.effect_rel_ci_adjusted_lower, self.effect_rel_ci_adjusted_upper)
        is_absolute = self.asks_equivalence and self.margin_type == "absolute"
        if self.effect_rel is not None and None not in relative and not is_absolute:
            bounds = ", ".join(signed_percent(bound) for bound in relative if bound is not None)
            return f"{signed_percent(self.effect_rel)} [{bounds}]"
        absolute = (self.effect_abs_ci_adjusted_lower, self.effect_abs_ci_adjusted_upper)
        bounds = ", ".join("?" if bound is None else signed(bound) for bound in absolute)
        return f"{signed(self.effect_abs or 0.0)} [{bounds}]"


def read_headlines(
    results: pa.Table, analysis_dates: Mapping[str, date]
) -> dict[tuple[str, str, str], list[Headline]]:
    """Headline rows of the whole population by experiment, treatment and control.

    Rows of other analysis dates than the experiment's are left out.
    """
    found: dict[tuple[str, str, str], list[Headline]] = {}
    names = (*Headline._fields, "is_headline", "segment_name", "analysis_date")
    for *values, is_headline, segment, analysis_date in zip(
        *(results.column(name).to_pylist() for name in names), strict=True
    ):
        row = Headline(*values)
        if (
            is_headline
            and segment == ALL
            and analysis_date == analysis_dates.get(row.experiment_id)
        ):
            key = (row.experiment_id, row.treatment_variant_id, row.control_variant_id)
            found.setdefault(key, []).append(row)
    return found
