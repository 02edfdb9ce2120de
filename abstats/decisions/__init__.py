"""Results and counts to health checks, verdicts and the ledger of discoveries."""

from abstats.decisions.health import check_health
from abstats.decisions.ledger import discoveries
from abstats.decisions.schemas import (
    DECISIONS_GRAIN,
    DECISIONS_SCHEMA,
    DISCOVERIES_GRAIN,
    DISCOVERIES_SCHEMA,
    HEALTH_GRAIN,
    HEALTH_SCHEMA,
)
from abstats.decisions.verdicts import decide

__all__ = [
    "DECISIONS_GRAIN",
    "DECISIONS_SCHEMA",
    "DISCOVERIES_GRAIN",
    "DISCOVERIES_SCHEMA",
    "HEALTH_GRAIN",
    "HEALTH_SCHEMA",
    "check_health",
    "decide",
    "discoveries",
]
