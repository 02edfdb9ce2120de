"""Play a small world again and again, viewer by viewer and event by event.

The plain route to the true effects: in each replication a viewer's first device meets the given
arm, every other device draws an arm of its own, and each click, watch and order is drawn.
"""

from collections import defaultdict
from datetime import timedelta

import duckdb
import numpy as np

from abstats.demo.experiments import EXPERIMENTS, Arm, Experiment

QUANTITIES = (
    "viewers",
    "pages",
    "latency_ms",
    "impressions",
    "clicks",
    "watches",
    "minutes",
    "orders",
    "revenue",
    "has_watch",
    "has_order",
    "score",
)


class Resimulation:
    """Rows of a world, fetched once."""

    def __init__(self, world: duckdb.DuckDBPyConnection) -> None:
        self.start_at, self.end_at = world.sql(
            "select getvariable('start_at'), getvariable('end_at')"
        ).fetchone()
        self.requests = defaultdict(list)
        for viewer, *request in world.sql("""
            select viewer_ix, requested_at, surface, is_second_device, page
            from request where requested_at >= getvariable('start_at')
            order by viewer_ix, requested_at
        """).fetchall():
            self.requests[viewer].append(tuple(request))
        self.responses = defaultdict(list)
        for viewer, model, page, *response in world.sql("""
            select viewer_ix, model, page, latency_mean_ms, click_chance, watch_chance,
                runtime_minutes, completion_power, order_chance, price
            from response
        """).fetchall():
            self.responses[viewer, model, page].append(response)
        self.responses = {key: np.array(rows) for key, rows in self.responses.items()}

    def totals(
        self,
        experiment: Experiment,
        variant_id: str,
        days: tuple[int, int | None],
        replications: int,
        rng: np.random.Generator,
    ) -> dict[str, np.ndarray]:
        """Sums over the exposed viewers, one number per replication.

        `days` are the first day after the exposure that counts and the one that no longer does.
        """
        sums = {name: np.zeros(replications) for name in QUANTITIES}
        for viewer, requests in self.requests.items():
            own = [r for r in requests if experiment.surface in (None, r[1])]
            if not own or own[0][0] >= self.end_at:
                continue
            exposed_at, _, first_device, _ = own[0]
            from_day, window_days = days
            from_at = exposed_at + timedelta(days=from_day)
            stop_at = (
                self.end_at if window_days is None else exposed_at + timedelta(days=window_days)
            )
            watched = np.zeros(replications)
            ordered = np.zeros(replications)
            arms: dict[tuple[str, bool], np.ndarray] = {}
            slow: dict[tuple[str, bool], np.ndarray] = {}
            for requested_at, surface, device, page in requests:
                if not from_at <= requested_at < stop_at:
                    continue
                if (surface, device) not in arms:
                    given = (
                        next(arm for arm in experiment.arms if arm.variant_id == variant_id)
                        if surface == experiment.surface and device == first_device
                        else None
                    )
                    arms[surface, device], slow[surface, device] = self._served(
                        surface, experiment, given, replications, rng
                    )
                for model in np.unique(arms[surface, device]):
                    served = np.flatnonzero(arms[surface, device] == model)
                    outcome = self._play(self.responses[viewer, model, page], served.size, rng)
                    outcome["latency_ms"] *= slow[surface, device][served]
                    for name, values in outcome.items():
                        sums[name][served] += values
                    watched[served] += outcome["watches"]
                    ordered[served] += outcome["orders"]
            sums["viewers"] += 1
            sums["has_watch"] += watched > 0
            sums["has_order"] += ordered > 0
        sums["score"] = sums["minutes"] + 60 * sums["has_order"]
        return sums

    @staticmethod
    def _served(
        surface: str,
        experiment: Experiment,
        given: Arm | None,
        size: int,
        rng: np.random.Generator,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Model and slowness of a device's pages, replication by replication.

        Every experiment on the surface draws an arm, but the one whose arm is given.
        """
        models, slowness = np.empty(size, dtype=object), np.ones(size)
        for other in EXPERIMENTS:
            if other.surface != surface:
                continue
            weights = [arm.weight for arm in other.arms]
            drawn = [
                given if given is not None and other is experiment else other.arms[i]
                for i in rng.choice(len(weights), size=size, p=weights)
            ]
            slowness *= [arm.slowness for arm in drawn]
            if drawn[0].model is not None:
                models = np.array([arm.model for arm in drawn])
        return models, slowness

    @staticmethod
    def _play(rows: np.ndarray, size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        latency, click_chance, watch_chance, runtime, power, order_chance, price = rows.T
        shape = (size, len(rows))
        clicked = rng.random(shape) < click_chance
        watched = clicked & (rng.random(shape) < watch_chance)
        ordered = clicked & (rng.random(shape) < order_chance)
        minutes = watched * runtime * rng.random(shape) ** (1 / power)
        return {
            "pages": np.ones(size),
            "latency_ms": latency[0] * rng.lognormal(-(0.35**2) / 2, 0.35, size),
            "impressions": np.full(size, len(rows)),
            "clicks": clicked.sum(axis=1),
            "watches": watched.sum(axis=1),
            "minutes": minutes.sum(axis=1),
            "orders": ordered.sum(axis=1),
            "revenue": (ordered * price).sum(axis=1),
        }
