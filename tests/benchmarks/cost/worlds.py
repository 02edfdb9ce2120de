"""Worlds small enough to loop over."""

from benchmarks.cost.project import Metrics
from benchmarks.cost.world import World

SMALL = World(events=3000, units=150, days=16, measures=3, event_types=4, experiments=2, share=0.8)
CASES = {
    "wide, open-ended": Metrics("activity", 3),
    "wide, 7 days": Metrics("activity", 2, window_days=7),
    "long, open-ended": Metrics("events", 4),
    "long, 7 days": Metrics("events", 3, window_days=7),
}
