"""A dimension by which an experiment's results are split."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from abstats.spec.fields import ColumnName, Flag, Spec, Whole


class SegmentSpec(Spec):
    """A column of the exposures model by which results are split.

    Attributes:
        name: The column.
        keep: How many values are shown; the units of all others are in `(other)`.
        preregistered: True where its effects were expected before the start: they are not
            exploratory then.
    """

    name: Annotated[ColumnName, Field(description="Column of the exposures model.")]
    keep: Annotated[
        Whole,
        Field(gt=0, description="How many values are shown; all others are in (other)."),
    ] = 20
    preregistered: Annotated[
        Flag,
        Field(description="Its effects were expected before the start; not exploratory."),
    ] = False


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


Segment = Annotated[SegmentSpec, BeforeValidator(_named)]
