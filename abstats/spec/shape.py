"""What a spec model expects at a path of keys; read from the model itself."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from abstats.spec.fields import Spec
from abstats.spec.source import Path

Keys = tuple[str, ...]


def fields_by_key(model: type[Spec]) -> dict[str, FieldInfo]:
    """The fields of a model by the key that people write."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def model_at(model: type[Spec], path: Path) -> type[Spec] | None:
    """The model whose keys stand at `path`; None where something else stands."""
    for part in path:
        if isinstance(part, str):
            field = fields_by_key(model).get(part)
            below = None if field is None else model_in(field.annotation)
            if below is None:
                return None
            model = below
    return model


def field_at(model: type[Spec], path: Path) -> FieldInfo | None:
    """The field that holds the value at `path`."""
    keys = [part for part in path if isinstance(part, str)]
    above = model_at(model, tuple(keys[:-1])) if keys else None
    return None if above is None else fields_by_key(above).get(keys[-1])


def choices(field: FieldInfo) -> tuple[str, ...]:
    """The words a field may hold, if they are listed."""
    return tuple(word for part in _parts(field.annotation) for word in _words(part))


def home_of(model: type[Spec], key: str) -> str:
    """The key under which `key` would be known, "analysis" for "alpha"; or ""."""
    for name, field in fields_by_key(model).items():
        below = model_in(field.annotation)
        if below is not None and key in fields_by_key(below):
            return name
    return ""


def model_in(annotation: Any) -> type[Spec] | None:
    """The model within an annotation such as `tuple[Model, ...]` or `Model | None`."""
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, Spec):
            return part
    return None


def text_paths(model: type[Spec], above: Keys = ()) -> frozenset[Keys]:
    """Paths, without positions in lists, where a scalar is text however it is spelt."""
    paths: set[Keys] = set()
    for name, field in fields_by_key(model).items():
        path = (*above, name)
        below = model_in(field.annotation)
        parts = list(_parts(field.annotation))
        if below is not None:
            paths |= {path, *text_paths(below, path)}
        elif str in parts and all(get_origin(part) is not dict for part in parts):
            paths.add(path)
    return frozenset(paths)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _parts(part)


def _words(part: Any) -> tuple[str, ...]:
    return get_args(part) if get_origin(part) is Literal else ()
