"""What the verdict reads of a look of a sequential design, and how it is said in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from abstats.analysis.cells import ALL
from abstats.analysis.estimates import EQUIVALENCE
from abstats.decisions.wording import either_way, p_value, percent, signed, signed_percent

HAS_ESTIMATE = frozenset(("no_new_information", "beyond_plan", "ok"))
"""Statuses of a look whose estimate can be had, whether or not it decides."""


class LookRow(NamedTuple):
    """A headline row of the whole population at a look, as fct_experiment_results stores it.

    The attributes are that table's columns; NULL is None.
    """

    experiment_id: str
    metric_name: str
    treatment_variant_id: str
    control_variant_id: str
    analysis_date: date
    role: str
    hypothesis: str
    effect_abs: float | None
    effect_rel: float | None
    look: int
    n_looks: int
    p_value_sequential_adjusted: float | None
    effect_abs_ci_sequential_lower: float | None
    effect_abs_ci_sequential_upper: float | None
    effect_rel_ci_sequential_lower: float | None
    effect_rel_ci_sequential_upper: float | None
    margin: float | None
    margin_type: str | None
    p_value_non_inferiority_sequential: float | None
    p_value_inferiority_sequential: float | None
    bound_crossed: str
    sequential_status: str
    sequential_status_reason: str

    @property
    def decides(self) -> bool:
        """Verdicts read it; secondary metrics explain."""
        return self.role != "secondary"

    @property
    def is_spent(self) -> bool:
        """The planned information was reached at an earlier look: nothing more can be decided."""
        return self.sequential_status == "beyond_plan"

    @property
    def asks_equivalence(self) -> bool:
        """It is to be shown to be the same, whatever direction is good."""
        return self.hypothesis == EQUIVALENCE

    @property
    def is_better(self) -> bool:
        """Shown to have changed in the wanted direction."""
        return self.bound_crossed == "better"

    @property
    def is_worse(self) -> bool:
        """Shown to have changed in the other direction."""
        return self.bound_crossed == "worse"

    @property
    def is_equivalent(self) -> bool:
        """Shown to change by less than its margin, either way."""
        return self.bound_crossed == "equivalent"

    @property
    def is_beyond_margin(self) -> bool:
        """Shown to change by more than its margin."""
        return self.bound_crossed == "not_equivalent"

    @property
    def is_breached(self) -> bool:
        """A guardrail that is worse than its margin allows; without a margin, worse."""
        return self.role == "guardrail" and self.bound_crossed in ("inferior", "worse")

    @property
    def holds(self) -> bool:
        """A guardrail that is shown not to be inferior; without a margin, not shown to be worse."""
        if self.margin is None:
            return self.is_estimated and not self.is_breached
        return self.bound_crossed == "non_inferior"

    @property
    def is_estimated(self) -> bool:
        """There is an estimate at this look or before it."""
        found = (self.p_value_sequential_adjusted, self.p_value_non_inferiority_sequential)
        return self.sequential_status in HAS_ESTIMATE or any(p is not None for p in found)

    def in_words(self) -> str:
        """`ctr +3.20 % [+1.10 %, +5.30 %], sequential p = 0.0031`, with a margin its test."""
        if not self.is_estimated or self.effect_abs is None:
            reason = f"{self.sequential_status}: {self.sequential_status_reason}"
            return f"{self.metric_name} cannot be estimated ({reason})"
        if self.margin is None:
            test = _test("", self.p_value_sequential_adjusted)
            return f"{self.metric_name} {self._change()}, {test}"
        if self.asks_equivalence:
            test = _test("equivalence ", self.p_value_sequential_adjusted)
            margin = either_way(self.margin, self.margin_type)
            return f"{self.metric_name} {self._change()}, margin {margin}, {test}"
        margin = percent(self.margin) if self.margin_type == "relative" else f"{self.margin:g}"
        if self.is_breached:
            test = _test("inferiority ", self.p_value_inferiority_sequential)
        else:
            test = _test("non-inferiority ", self.p_value_non_inferiority_sequential)
        return f"{self.metric_name} {self._change()}, margin {margin}, {test}"

    def _change(self) -> str:
        relative = (self.effect_rel_ci_sequential_lower, self.effect_rel_ci_sequential_upper)
        is_absolute = self.asks_equivalence and self.margin_type == "absolute"
        if self.effect_rel is not None and None not in relative and not is_absolute:
            bounds = ", ".join(signed_percent(bound) for bound in relative if bound is not None)
            return f"{signed_percent(self.effect_rel)} [{bounds}]"
        absolute = (self.effect_abs_ci_sequential_lower, self.effect_abs_ci_sequential_upper)
        bounds = ", ".join("?" if bound is None else signed(bound) for bound in absolute)
        return f"{signed(self.effect_abs or 0.0)} [{bounds}]"


def _test(name: str, p: float | None) -> str:
    return f"no sequential {name}p-value" if p is None else f"sequential {name}{p_value(p)}"


def read_looks(
    results: pa.Table, analysis_dates: Mapping[str, date]
) -> dict[tuple[str, str, str], dict[date, list[LookRow]]]:
    """Rows of the looks up to each experiment's analysis date.

    By experiment, treatment and control, then by date, earliest first.
    """
    found: dict[tuple[str, str, str], dict[date, list[LookRow]]] = {}
    names = (*LookRow._fields, "is_headline", "segment_name")
    for *values, is_headline, segment in zip(
        *(results.column(name).to_pylist() for name in names), strict=True
    ):
        row = LookRow(*values)
        last = analysis_dates.get(row.experiment_id)
        if not is_headline or segment != ALL or row.look is None:
            continue
        if last is not None and row.analysis_date <= last:
            key = (row.experiment_id, row.treatment_variant_id, row.control_variant_id)
            found.setdefault(key, {}).setdefault(row.analysis_date, []).append(row)
    return {key: dict(sorted(looks.items())) for key, looks in found.items()}
