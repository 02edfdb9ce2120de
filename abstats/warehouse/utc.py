"""Time columns in UTC."""

from zoneinfo import available_timezones

from abstats.spec.problems import nearest
from abstats.warehouse.relation import Relation

_DATE_TYPES = ("date",)
_ZONED_TYPES = ("timestamp with time zone", "timestamptz", "timestamp_tz", "timestamp_ltz")
_NAIVE_TYPES = (
    "datetime",
    "timestamp",
    "timestamp without time zone",
    "timestamp_ms",
    "timestamp_ns",
    "timestamp_ntz",
    "timestamp_s",
)
_UTC = "UTC"
# Spark's `timestamp` is an instant, which it reads and writes in the session's zone.
_INSTANTS = {"spark": ("timestamp", "timestamp_ltz")}


def utc_timestamp_sql(relation: Relation, expression: str, adapter_type: str) -> str:
    """A time column as a timestamp without zone, in UTC.

    Zoned timestamps are converted, so that the session's zone cannot shift a comparison. Those
    without a zone are in the one that the project declares. An expression whose type is not known
    is read like those, in UTC where nothing is declared. On Spark the session's zone is UTC
    (the macro `build_lock`), so that an instant is its own time in UTC.

    Raises:
        ValueError: The column is a date, on which the instant of exposure cannot be compared; it
            has no zone and the project does not say which one it is in; there is no such zone.
    """
    type_ = (relation.type_of(expression) or "").lower().partition("(")[0].strip()
    if type_ in _DATE_TYPES:
        raise ValueError(
            f"{relation.sql}: time column {expression} has type {type_}, must be a timestamp: "
            "events on the day of exposure could not be split at the exposure."
        )
    if type_ in _INSTANTS.get(adapter_type, ()):
        return f"({expression})"
    if type_ in _ZONED_TYPES:
        return f"timezone('{_UTC}', {expression})"
    if type_ in _NAIVE_TYPES and relation.time_zone is None:
        raise ValueError(
            f"{relation.sql}: time column {expression} has type {type_}, which has no time zone, "
            "and the project does not say which one it is in: set the var `time_zone` of abstats "
            "in dbt_project.yml (`time_zone: UTC`, or a name such as Europe/Berlin)."
        )
    zone = _UTC if relation.time_zone is None else _checked(relation.time_zone)
    if adapter_type in _INSTANTS:
        return f"to_utc_timestamp({expression}, '{zone}')"
    if zone == _UTC:
        return f"({expression})"
    return f"timezone('{_UTC}', timezone('{zone}', {expression}))"


def _checked(zone: str) -> str:
    known = available_timezones()
    if zone in known:
        return zone
    raise ValueError(
        f"var time_zone == {zone!r}, must be a name of the IANA time zone database. "
        f"{nearest(zone, known)}".rstrip()
    )
