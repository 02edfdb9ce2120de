"""How an experiment may be read before it is over."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from abstats.spec.fields import Day, Number, Spec, Whole, broken_rule, day_of, first_repeated
from abstats.spec.problems import nearest, shown

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)

PARAMETERS = {"hwang_shih_decani": "gamma", "kim_demets": "rho"}
"""The spending functions that have a parameter, and the key it stands under."""

_LOOKS_RULE = "must be a whole number, a list of weekdays or a list of days (YYYY-MM-DD)"


def _looks(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 2:
            rule = "must be >= 2"
            hint = "Without a sequential design an experiment is judged once, when it is over."
            raise broken_rule(f"== {value}", rule, hint)
        return value
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise broken_rule(f"== {shown(value)}", _LOOKS_RULE)
    if not value:
        raise broken_rule("is an empty list", "must name one look before the end, or more")
    read = tuple(_look(item, position) for position, item in enumerate(value))
    if len({isinstance(item, date) for item in read}) > 1:
        raise broken_rule("has weekdays and days", _LOOKS_RULE)
    repeated = first_repeated(map(str, read))
    if repeated is not None:
        raise broken_rule(f"has {repeated} again", "a look is named once")
    return tuple(sorted(read, key=_place))


def _look(item: object, position: int) -> date | Weekday:
    for weekday in WEEKDAYS:
        if item == weekday:
            return weekday
    if type(item) is date or (isinstance(item, str) and item[:1].isdigit()):
        return day_of(item)
    hint = nearest(item, WEEKDAYS) if isinstance(item, str) else ""
    rule = f"must be a day (YYYY-MM-DD) or one of {', '.join(WEEKDAYS)}"
    raise broken_rule(f"== {shown(item)}", rule, hint, below=(position,))


def _place(item: date | Weekday) -> int:
    return item.toordinal() if isinstance(item, date) else WEEKDAYS.index(item)


Looks = Annotated[
    int | tuple[Weekday, ...] | tuple[Day, ...] | None,
    BeforeValidator(_looks),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 2},
                {"type": "array", "minItems": 1, "items": {"enum": list(WEEKDAYS)}},
                {"type": "array", "minItems": 1, "items": {"type": "string", "format": "date"}},
                {"type": "null"},
            ]
        }
    ),
]
Spent = Literal["obrien_fleming", "pocock", "hwang_shih_decani", "kim_demets"]


class SequentialSpec(Spec):
    """A sequential design: which looks may decide, and by which bounds.

    Attributes:
        method: "group_sequential", bounds for looks that are planned; or "always_valid", bounds
            that hold at every analysis date.
        spending: How the type I error is spent over the looks of a group sequential design; None
            for "always_valid".
        gamma: Parameter of "hwang_shih_decani".
        rho: Parameter of "kim_demets".
        looks: Of a group sequential design: how many, evenly spaced; or on which weekdays; or on
            which analysis dates. The day on which the experiment is over is a look in any case.
        futility: How the type II error 1 - power is spent on futility bounds of the primary
            metrics; None for no futility bounds.
        planned_units: Units of all variants together that the experiment is planned to end with.
    """

    method: Annotated[
        Literal["group_sequential", "always_valid"],
        Field(description="Bounds for planned looks, or bounds that hold at every analysis date."),
    ]
    spending: Annotated[
        Spent | None,
        Field(
            validate_default=True,
            description="How a group sequential design spends the type I error: obrien_fleming "
            "unless it is given.",
        ),
    ] = None
    gamma: Annotated[
        Number | None,
        Field(
            ge=-40,
            le=40,
            validate_default=True,
            description="Parameter of hwang_shih_decani; -4 is careful early.",
        ),
    ] = None
    rho: Annotated[
        Number | None,
        Field(
            gt=0,
            validate_default=True,
            description="Parameter of kim_demets; 3 is careful early.",
        ),
    ] = None
    looks: Annotated[
        Looks,
        Field(
            validate_default=True,
            description="The looks of a group sequential design: how many, on which weekdays, or "
            "on which days; the last is when the experiment is over.",
        ),
    ] = None
    futility: Annotated[
        Literal["obrien_fleming", "pocock"] | None,
        Field(
            description="How a group sequential design spends the type II error on futility "
            "bounds of the primary metrics; they do not bind."
        ),
    ] = None
    planned_units: Annotated[
        Whole | None,
        Field(
            gt=0,
            validate_default=True,
            description="Units of all variants that the experiment is planned to end with.",
        ),
    ] = None

    @property
    def parameter(self) -> float:
        """The parameter of the spending function; 0 where it has none."""
        return self.gamma if self.gamma is not None else self.rho or 0.0

    @field_validator("spending")
    @classmethod
    def _spends_what_it_has(cls, value: Spent | None, info: ValidationInfo) -> Spent | None:
        method = info.data.get("method")
        if method == "always_valid":
            _require_absent(value, "an always valid design spends no error at looks")
        return "obrien_fleming" if value is None and method == "group_sequential" else value

    @field_validator("gamma", "rho")
    @classmethod
    def _belongs_to_the_spending(cls, value: float | None, info: ValidationInfo) -> float | None:
        name = next(name for name, key in PARAMETERS.items() if key == info.field_name)
        spending = info.data.get("spending")
        if value is not None and spending != name:
            raise broken_rule(f"== {value:g}", f"must stand beside spending: {name} only")
        if value is None and spending == name:
            raise broken_rule("is missing", f"must be given with spending: {name}")
        return value

    @field_validator("looks")
    @classmethod
    def _are_planned_looks(cls, value: Looks, info: ValidationInfo) -> Looks:
        method = info.data.get("method")
        if method == "always_valid":
            _require_absent(value, "every analysis date is a look of an always valid design")
        if method == "group_sequential" and value is None:
            raise broken_rule("is missing", _LOOKS_RULE)
        return value

    @field_validator("futility")
    @classmethod
    def _has_bounds(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("method") == "always_valid":
            _require_absent(value, "an always valid design has no futility bounds")
        return value

    @field_validator("planned_units")
    @classmethod
    def _tunes_what_is_always_valid(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is None and info.data.get("method") == "always_valid":
            rule = "must be given with method: always_valid, whose bounds are tightest there"
            raise broken_rule("is missing", rule)
        return value


def _require_absent(value: object, rule: str) -> None:
    if value is not None:
        raise broken_rule(f"== {shown(value)}", rule, "Take the key away.")
