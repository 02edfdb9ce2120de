"""Rows of the public tables, with the columns that are shown.

The attributes are columns of the tables, described in the YAML beside each model; NULL is None.
"""

from datetime import date, datetime
from typing import NamedTuple

from abstats.analysis.estimates import EQUIVALENCE
from abstats.decisions.headline import Headline

WHOLE = "all"
"""Segment name and value of the whole population."""


class ExperimentRow(NamedTuple):
    """A row of dim_experiments."""

    experiment_id: str
    owner: str
    hypothesis: str
    unit: str
    start_date: date
    end_date: date
    control_variant_id: str
    correction: str
    alpha: float
    state: str
    spec: str
    spec_hash: str


class MetricRow(NamedTuple):
    """A row of dim_metrics."""

    metric_name: str
    kind: str | None
    label: str
    unit: str | None
    format: str | None


class HealthRow(NamedTuple):
    """A row of fct_experiment_health."""

    experiment_id: str
    analysis_date: date
    check_name: str
    subject: str
    status: str
    detail: str
    next_step: str | None


class DecisionRow(NamedTuple):
    """A row of fct_experiment_decisions."""

    experiment_id: str
    analysis_date: date
    treatment_variant_id: str
    control_variant_id: str
    verdict: str
    reason: str
    is_final: bool
    spec_hash: str


class CrossCheckRow(NamedTuple):
    """A row of fct_experiment_cross_checks."""

    experiment_id: str
    metric_name: str
    treatment_variant_id: str
    control_variant_id: str
    analysis_date: date
    method: str
    is_in_agreement: bool | None
    status_reason: str


class TruthRow(NamedTuple):
    """A row of the demo's raw.true_effects."""

    experiment_id: str
    treatment_variant_id: str
    control_variant_id: str
    metric_name: str
    true_effect_abs: float
    true_effect_rel: float


class PosteriorRow(NamedTuple):
    """A row of fct_experiment_posteriors."""

    experiment_id: str
    metric_name: str
    treatment_variant_id: str
    control_variant_id: str
    analysis_date: date
    role: str
    model: str
    prior: str
    prior_mean: float | None
    prior_std: float | None
    prior_events: float | None
    prior_others: float | None
    n_past_experiments: int | None
    chance_to_win: float | None
    peeking: str
    loss_of_shipping_abs: float | None
    loss_of_shipping_rel: float | None
    status_reason: str


class ResultRow(NamedTuple):
    """A row of fct_experiment_results."""

    experiment_id: str
    metric_name: str
    treatment_variant_id: str
    control_variant_id: str
    segment_name: str
    segment_value: str
    analysis_date: date
    estimator: str
    role: str
    direction: str
    hypothesis: str
    control_n_units: int | None
    treatment_n_units: int | None
    control_mean: float | None
    treatment_mean: float | None
    effect_abs: float | None
    effect_abs_se: float | None
    effect_abs_ci_lower: float | None
    effect_abs_ci_upper: float | None
    effect_abs_ci_adjusted_lower: float | None
    effect_abs_ci_adjusted_upper: float | None
    effect_rel: float | None
    effect_rel_se: float | None
    effect_rel_ci_lower: float | None
    effect_rel_ci_upper: float | None
    effect_rel_ci_adjusted_lower: float | None
    effect_rel_ci_adjusted_upper: float | None
    p_value: float | None
    p_value_adjusted: float | None
    family_size: int
    alpha: float
    is_significant: bool | None
    variance_reduction: float | None
    margin: float | None
    margin_type: str | None
    p_value_non_inferiority: float | None
    is_non_inferior: bool | None
    sequential_method: str | None
    look: int | None
    p_value_sequential_adjusted: float | None
    effect_abs_ci_sequential_lower: float | None
    effect_abs_ci_sequential_upper: float | None
    effect_rel_ci_sequential_lower: float | None
    effect_rel_ci_sequential_upper: float | None
    p_value_non_inferiority_sequential: float | None
    bound_crossed: str | None
    status: str
    status_reason: str
    spec_hash: str
    computed_at: datetime

    @property
    def headline(self) -> Headline:
        """The same row as verdicts read it."""
        return Headline(**{name: getattr(self, name) for name in Headline._fields})

    @property
    def is_sequential(self) -> bool:
        """It is decided at looks, so only what holds over all of them may be read."""
        return self.sequential_method is not None and self.segment_name == WHOLE

    @property
    def deciding_p_value(self) -> float | None:
        """The p-value that decides: adjusted, or of non-inferiority of a guardrail's margin."""
        guards_margin = self.margin is not None and not self.asks_equivalence
        if self.is_sequential:
            if not guards_margin:
                return self.p_value_sequential_adjusted
            return self.p_value_non_inferiority_sequential
        return self.p_value_non_inferiority if guards_margin else self.p_value_adjusted

    @property
    def asks_equivalence(self) -> bool:
        """It is to be shown to be the same."""
        return self.hypothesis == EQUIVALENCE

    def relative_interval(self, *, adjusted: bool) -> tuple[float, float] | None:
        """Bounds of the relative effect; None where there are none."""
        if adjusted and self.is_sequential:
            bounds = self.effect_rel_ci_sequential_lower, self.effect_rel_ci_sequential_upper
        elif adjusted:
            bounds = self.effect_rel_ci_adjusted_lower, self.effect_rel_ci_adjusted_upper
        else:
            bounds = self.effect_rel_ci_lower, self.effect_rel_ci_upper
        return _both(*bounds)

    def absolute_interval(self, *, adjusted: bool) -> tuple[float, float] | None:
        """Bounds of the absolute effect; None where there are none."""
        if adjusted and self.is_sequential:
            bounds = self.effect_abs_ci_sequential_lower, self.effect_abs_ci_sequential_upper
        elif adjusted:
            bounds = self.effect_abs_ci_adjusted_lower, self.effect_abs_ci_adjusted_upper
        else:
            bounds = self.effect_abs_ci_lower, self.effect_abs_ci_upper
        return _both(*bounds)

    @property
    def relative_margins(self) -> tuple[float, ...]:
        """The margins as relative changes: a guardrail's with the sign of getting worse."""
        size = self.margin
        if size is None:
            return ()
        if self.margin_type != "relative":
            if not self.control_mean:
                return ()
            size /= abs(self.control_mean)
        if self.asks_equivalence:
            return -size, size
        return (-size if self.direction == "increase" else size,)


def _both(lower: float | None, upper: float | None) -> tuple[float, float] | None:
    return None if lower is None or upper is None else (lower, upper)
