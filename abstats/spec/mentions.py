"""The metrics an experiment names, as far as they can be told from a file with mistakes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.source import Path, Source


@dataclass(frozen=True)
class Mentions:
    """What an experiment asks of the metrics.

    Attributes:
        source: Where the experiment was written.
        unit: Its unit; None where the file does not say.
        names: The metrics it names, each with its path.
    """

    source: Source
    unit: str | None
    names: tuple[tuple[Path, str], ...]


def mentions_of(spec: ExperimentSpec) -> Mentions:
    """What a sound experiment asks of the metrics."""
    source = spec.source if spec.source.file else Source(f"experiment {spec.name}")
    return mentions_in(spec.model_dump(), source)


def mentions_in(declared: Mapping[str, object], source: Source) -> Mentions:
    """What an experiment asks of the metrics, from its keys and values as they were read."""
    unit = declared.get("unit")
    roles = declared.get("metrics")
    names = tuple(_names(roles)) if isinstance(roles, Mapping) else ()
    return Mentions(source, unit if isinstance(unit, str) else None, names)


def _names(roles: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    for role in ("primary", "secondary", "guardrails"):
        items = roles.get(role)
        for i, item in enumerate(items if isinstance(items, list | tuple) else ()):
            name = item.get("metric") if isinstance(item, Mapping) else item
            if isinstance(name, str):
                yield ("metrics", role, i), name
