"""The demo's experiments as the product runs them, and when."""

from datetime import datetime
from typing import NamedTuple

START_AT = datetime(2026, 1, 5)
HISTORY_DAYS = 28
FOLLOW_UP_DAYS = 7


class Arm(NamedTuple):
    """One variant of one experiment.

    Attributes:
        variant_id: Its name in the exposure log.
        weight: Share of the traffic, 0 to 1.
        model: The recommender that answers; None where the experiment does not choose it.
        slowness: How many times longer the pages of the surface take.
    """

    variant_id: str
    weight: float
    model: str | None
    slowness: float = 1.0


class Experiment(NamedTuple):
    """One experiment; its name is also the salt of its split.

    Attributes:
        experiment_id: Name, as in `experiments/<name>.yml`.
        surface: The surface whose requests it decides, or None for all of them.
        arms: Variants in the order of the split; the first is control; weights add to 1.
        window_days: Days that count after a viewer's exposure, for metrics without a window.
    """

    experiment_id: str
    surface: str | None
    arms: tuple[Arm, ...]
    window_days: int | None = None


EXPERIMENTS = (
    Experiment(
        "recommender_cf_vs_content",
        "home",
        (Arm("cf", 0.5, "cf"), Arm("content", 0.5, "content")),
    ),
    Experiment(
        "up_next_ranking",
        "up_next",
        (Arm("cf", 0.34, "cf"), Arm("blend", 0.33, "blend"), Arm("popular", 0.33, "popular")),
    ),
    Experiment(
        "explained_picks",
        "home",
        (Arm("plain", 0.5, None), Arm("reasons", 0.5, None, slowness=1.15)),
        window_days=7,
    ),
    Experiment("aa_check", None, (Arm("a", 0.5, None), Arm("b", 0.5, None))),
)
