"""Which expected sums make up each metric declared under `metrics/`."""

from typing import NamedTuple


class TrueMetric(NamedTuple):
    """A metric as a ratio of two sums over exposed viewers.

    Attributes:
        metric_name: Name, as in `metrics/*.yml`.
        numerator: Expected sum above the line: a column of `true_sum`.
        denominator: Expected sum below the line; `viewers` for means and proportions.
        window_days: Days that count after a viewer's exposure; None: until enrolment ends.
        from_day: The first of them.
    """

    metric_name: str
    numerator: str
    denominator: str
    window_days: int | None
    from_day: int = 0


TRUE_METRICS = (
    TrueMetric("ctr", "clicks", "impressions", None),
    TrueMetric("watch_rate", "has_watch", "viewers", 7),
    TrueMetric("watch_retention", "has_watch", "viewers", 7, from_day=1),
    TrueMetric("watch_minutes", "minutes", "viewers", 7),
    TrueMetric("overall_score", "score", "viewers", 7),
    TrueMetric("minutes_per_watch", "minutes", "watches", 7),
    TrueMetric("purchase_rate", "has_order", "viewers", 7),
    TrueMetric("revenue", "revenue", "viewers", None),
    TrueMetric("revenue_per_order", "revenue", "orders", None),
    TrueMetric("page_latency_ms", "latency_ms", "pages", None),
)
