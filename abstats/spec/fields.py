"""Field types and errors shared by the specs: no value is coerced without being asked."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from abstats.spec.problems import shown
from abstats.spec.source import Path

PROBLEM = "abstats_problem"
"""Error type of the rules below; its context holds the message, the rule and a hint."""

IDENTIFIER = "[A-Za-z][A-Za-z0-9_]*"

LONGEST_COLUMN = 50
"""Characters of a name that columns are named by: Postgres cuts them at 63, with our prefix."""

LONGEST_WINDOW_DAYS = 3660
"""Ten years: beyond it timestamps overflow in some engines."""

RESERVED_COLUMNS = frozenset(
    {
        "all",
        "analysis_date",
        "experiment_id",
        "exposed_at",
        "first_seen_at",
        "metric_name",
        "n_variants",
        "segment_name",
        "segment_value",
        "unit",
        "unit_id",
        "variant",
        "variant_id",
    }
)
"""Names a segment or attribute may not have: columns of our tables, and the whole population."""


def broken_rule(message: str, rule: str, hint: str = "", below: Path = ()) -> PydanticCustomError:
    """An error of a rule of ours, in the words of `abstats.spec.problems.Problem`.

    `below` is the path of the culprit within the value that is validated.
    """
    context = {"message": message, "rule": rule, "hint": hint, "below": below}
    return PydanticCustomError(PROBLEM, "{message}, {rule}. {hint}", context)


class Spec(BaseModel):
    """What people declare: immutable, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


def _identifier(name: str) -> str:
    if re.fullmatch(IDENTIFIER, name) is None:
        rule = "must be letters, digits and underscores and begin with a letter"
        raise broken_rule(f"== {shown(name)}", rule)
    return name


def _column(name: str) -> str:
    if len(_identifier(name)) > LONGEST_COLUMN:
        rule = f"must have at most {LONGEST_COLUMN} characters: a column is named by it"
        raise broken_rule(f"== {shown(name)}", rule)
    return name


def _text(value: str) -> str:
    if "\0" in value:
        raise broken_rule(f"== {shown(value)}", "must have no NUL character: Postgres keeps none")
    return value


def day_of(value: object) -> date:
    """A day as people write it, or as it is."""
    # A datetime is a date to Python: without this the time of day would be cut off silently.
    if type(value) is date:
        return value
    rule = "must be a day in UTC, written YYYY-MM-DD without a time"
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        raise broken_rule(f"== {shown(str(value))}", rule)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise broken_rule(f"== {value}", "must be a day of the calendar") from None


def or_name(schema: dict[str, Any]) -> None:
    """Let the items of a list be plain names, in its JSON schema."""
    schema["items"] = {"anyOf": [{"type": "string"}, schema["items"]]}


def first_repeated(names: Iterable[str]) -> str | None:
    """The first name that was seen before, if there is one."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


Line = Annotated[str, AfterValidator(_text)]
Text = Annotated[str, Field(min_length=1), AfterValidator(_text)]
Identifier = Annotated[
    str, AfterValidator(_identifier), Field(json_schema_extra={"pattern": f"^{IDENTIFIER}$"})
]
ColumnName = Annotated[
    str,
    AfterValidator(_column),
    Field(json_schema_extra={"pattern": f"^{IDENTIFIER}$", "maxLength": LONGEST_COLUMN}),
]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Day = Annotated[date, BeforeValidator(day_of)]
