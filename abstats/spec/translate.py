"""pydantic's errors in the words of our report."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from abstats.spec.fields import PROBLEM, Spec
from abstats.spec.problems import Problem, key_path, nearest, shown
from abstats.spec.shape import choices, field_at, fields_by_key, home_of, model_at
from abstats.spec.source import Path, Source

Words = tuple[str, str, str]
"""Message, rule and hint of a problem."""

SIMPLE_RULES = {
    "string_unicode": "must be text of valid characters",
    "string_type": "must be text",
    "float_type": "must be a number",
    "tuple_type": "must be a list",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a finite number",
    "model_type": "must be a mapping of keys to values",
    "dict_type": "must be a mapping of keys to values",
    "string_too_short": "must not be empty",
}
"""Rules that need nothing but the value, by pydantic's type of error."""

BOUNDS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def problems_in(
    error: ValidationError, model: type[Spec], source: Source, above: Path = ()
) -> list[Problem]:
    """The errors of one validation as problems.

    `above` is the path at which the model stands in what people see.
    """
    problems = []
    for detail in error.errors(include_url=False):
        # pydantic marks an error in a dictionary's key by a last part "[key]".
        path: Path = tuple(part for part in detail["loc"] if part != "[key]")
        if detail["type"] == PROBLEM:
            path += detail["ctx"]["below"]
        message, rule, hint = _words(detail, model, path)
        problems.append(Problem(source.place(path), key_path((*above, *path)), message, rule, hint))
    return problems


def found(value: object) -> str:
    """What stands where something else was expected: "== 5", "is empty", "is a list"."""
    if value is None:
        return "is empty"
    if isinstance(value, Mapping):
        return "is a mapping"
    if isinstance(value, list | tuple):
        return "is a list"
    return f"== {shown(value)}"


def _words(detail: ErrorDetails, model: type[Spec], path: Path) -> Words:
    kind = detail["type"]
    if kind == PROBLEM:
        context = detail["ctx"]
        return context["message"], context["rule"], context["hint"]
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), model_at(model, path[:-1]) or model)
    field = field_at(model, path)
    if kind == "missing":
        return "is missing", _what_it_is(field), ""
    return _wrong_value(detail, field)


def _wrong_value(detail: ErrorDetails, field: FieldInfo | None) -> Words:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error" and field is not None:
        return _not_a_choice(detail["input"], field)
    if context.keys() & BOUNDS.keys():
        return found(detail["input"]), f"must be {_bounds(context, field)}", ""
    if kind == "too_short":
        rule = f"must have at least {context['min_length']}"
        return f"has {context['actual_length']}", rule, ""
    text = detail["msg"].rstrip(".")
    rule = SIMPLE_RULES.get(kind, text[:1].lower() + text[1:])
    return found(detail["input"]), rule, _way_to_write(kind, detail["input"])


def _unknown_key(key: str, model: type[Spec]) -> Words:
    known = sorted(fields_by_key(model))
    home = home_of(model, key)
    hint = f"It belongs under {home!r}." if home else nearest(key, known)
    return "is not a known key", f"must be one of {', '.join(known)}", hint


def _not_a_choice(value: object, field: FieldInfo) -> Words:
    words = choices(field)
    rule = f"must be one of {', '.join(words)}"
    return found(value), rule, nearest(value, words) if isinstance(value, str) else ""


def _what_it_is(field: FieldInfo | None) -> str:
    description = (field.description if field else None) or ""
    text = description.rstrip(".")
    return f"must be given: {text[:1].lower()}{text[1:]}" if text else "must be given"


def _way_to_write(kind: str, value: object) -> str:
    if kind == "string_type" and isinstance(value, bool | int | float):
        return "Put it in quotes."
    if kind == "float_type" and isinstance(value, str):
        return "Numbers have no quotes."
    if kind == "tuple_type" and isinstance(value, str):
        return f"Write [{value}]."
    return ""


def _bounds(context: dict[str, Any], field: FieldInfo | None) -> str:
    # pydantic names the bound that was broken; a reader wants to know both.
    limits = dict(context)
    for part in field.metadata if field else ():
        limits |= {name: getattr(part, name) for name in BOUNDS if hasattr(part, name)}
    return " and ".join(f"{sign} {limits[name]}" for name, sign in BOUNDS.items() if name in limits)
