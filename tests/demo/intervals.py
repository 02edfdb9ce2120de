"""Effects straight from the raw log, by plain sums per viewer and the delta method."""

import duckdb
import numpy as np

from abstats.demo.experiments import EXPERIMENTS
from abstats.demo.true_metrics import TRUE_METRICS

# Per metric: viewer, time, what counts above and below the line.
EVENTS = {
    "ctr": """
        select viewer_id, shown_at as event_at, (click_id is not null)::int as y, 1 as d
        from raw.impressions left join raw.clicks using (impression_id, viewer_id)
    """,
    "watch_rate": "select viewer_id, started_at as event_at, 1 as y, 0 as d from raw.watches",
    "watch_minutes": """
        select viewer_id, started_at as event_at, minutes_watched as y, 0 as d from raw.watches
    """,
    "watch_retention": "select viewer_id, started_at as event_at, 1 as y, 0 as d from raw.watches",
    "overall_score": """
        select viewer_id, started_at as event_at, minutes_watched as y, 0 as d from raw.watches
        union all select viewer_id, ordered_at, 0, 1 from raw.orders
    """,
    "minutes_per_watch": """
        select viewer_id, started_at as event_at, minutes_watched as y, 1 as d from raw.watches
    """,
    "purchase_rate": "select viewer_id, ordered_at as event_at, 1 as y, 0 as d from raw.orders",
    "revenue": "select viewer_id, ordered_at as event_at, amount as y, 0 as d from raw.orders",
    "revenue_per_order": """
        select viewer_id, ordered_at as event_at, amount as y, 1 as d from raw.orders
    """,
    "page_latency_ms": """
        select viewer_id, rendered_at as event_at, latency_ms as y, 1 as d from raw.page_loads
    """,
}


def z_scores(log: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], float]:
    """Estimate minus true effect, in standard errors, by experiment, treatment and metric."""
    metrics = {metric.metric_name: metric for metric in TRUE_METRICS}
    windows = {experiment.experiment_id: experiment.window_days for experiment in EXPERIMENTS}
    scores = {}
    for experiment, treatment, control, metric, effect in log.sql("""
        select * exclude (true_effect_rel, control_mean) from raw.true_effects
    """).fetchall():
        units = log.execute(
            f"""
            with units as (
                select viewer_id, arg_min(variant_id, exposed_at) as variant_id,
                    min(exposed_at) as exposed_at
                from raw.experiment_exposures where experiment_id = $experiment group by 1
            )
            select variant_id, units.viewer_id, sum(coalesce(y, 0)), sum(coalesce(d, 0))
            from units
            left join ({EVENTS[metric]}) as events
                on units.viewer_id = events.viewer_id
                and event_at >= exposed_at + to_days($from_day::integer)
                and event_at < case when $days is null then getvariable('end_at')
                    else exposed_at + to_days($days::integer) end
            group by units.variant_id, units.viewer_id
            """,
            {
                "experiment": experiment,
                "from_day": metrics[metric].from_day,
                "days": metrics[metric].window_days or windows[experiment],
            },
        ).fetchall()
        one_mean, one_variance = _mean(metric, [row[2:] for row in units if row[0] == treatment])
        mean, variance = _mean(metric, [row[2:] for row in units if row[0] == control])
        scores[experiment, treatment, metric] = (one_mean - mean - effect) / np.sqrt(
            one_variance + variance
        )
    return scores


def _mean(metric: str, rows: list[tuple[float, float]]) -> tuple[float, float]:
    y, d = np.array(rows, dtype=float).T
    if metric.endswith(("_rate", "_retention")):
        y = (y > 0).astype(float)
    if metric == "overall_score":
        y, d = y + 60 * (d > 0), np.zeros_like(d)
    if d.any():
        mean = y.mean() / d.mean()
        y = (y - mean * d) / d.mean()
    else:
        mean = y.mean()
    return float(mean), float(y.var(ddof=1) / y.size)
