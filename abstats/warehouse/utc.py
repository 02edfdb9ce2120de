"""Time columns in UTC."""

from abstats.warehouse.relation import Relation

_DATE_TYPES = ("date",)
_ZONED_TYPES = ("timestamp with time zone", "timestamptz", "timestamp_tz")


def utc_timestamp_sql(relation: Relation, expression: str) -> str:
    """A time column as a timestamp without zone, in UTC.

    Naive timestamps are taken to be UTC; zoned ones are converted, so that the session's zone
    cannot shift a comparison.

    Raises:
        ValueError: the column is a date, on which the instant of exposure cannot be compared.
    """
    type_ = (relation.type_of(expression) or "").lower()
    if type_ in _DATE_TYPES:
        raise ValueError(
            f"{relation.sql}: time column {expression} has type {type_}, must be a timestamp: "
            "events on the day of exposure could not be split at the exposure."
        )
    if type_ in _ZONED_TYPES:
        return f"timezone('UTC', {expression})"
    return f"({expression})"
