"""What every row that Python computes says of its computation."""

from datetime import UTC, datetime
from typing import TypedDict

from abstats import __version__


class Stamp(TypedDict):
    """The arguments that the functions below the waist take.

    Attributes:
        code_version: Version of abstats.
        computed_at: Time of the computation, in UTC.
    """

    code_version: str
    computed_at: datetime


def stamp() -> Stamp:
    """The version that computes, and now."""
    return {"code_version": __version__, "computed_at": datetime.now(UTC)}
