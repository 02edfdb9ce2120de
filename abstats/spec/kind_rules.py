"""Which keys and aggregations go with which kind of metric."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from abstats.spec.measure import COUNTED, TOTALS, Aggregation, Measure
from abstats.spec.meta import ExperimentMeta, Kind
from abstats.spec.problems import nearest
from abstats.spec.values import UNIT

KINDS: Mapping[str, tuple[Kind, ...]] = {
    "simple": ("mean", "proportion", "quantile", "retention", "gini"),
    "ratio": ("ratio",),
    "conversion": ("conversion",),
    "derived": ("composite",),
}
"""Kinds by dbt's type of metric; the first is the default."""

KEYS: Mapping[str, Kind] = {
    "quantile": "quantile",
    "retention": "retention",
    "gini": "gini",
    "standardise": "composite",
}
"""Keys that mean something for one kind only."""

NEEDED: Mapping[Kind, str] = {"retention": "retention", "gini": "gini", "conversion": "window"}
"""The key that a kind cannot do without."""

EITHER_OR = frozenset[Kind](("proportion", "retention", "conversion"))
"""Kinds by which a unit has a qualifying event or has none."""

ALLOWED: Mapping[Kind, frozenset[Aggregation]] = {
    "gini": COUNTED,
    **dict.fromkeys(EITHER_OR, TOTALS),
}
"""Aggregations by kind, where not all are."""

OF_EVENTS = frozenset[Aggregation](("sum", "average", "min", "max"))
"""Aggregations whose expression is a value of the single event."""

WITHOUT_COVARIATE = frozenset[Kind](("quantile", "conversion", "gini"))
"""Kinds that have no unit-level value to explain by a covariate."""


class Clash(NamedTuple):
    """A declaration that does not fit the others.

    Attributes:
        key: The key, of the metric or of its `config.meta.experiment`.
        message: What is found there.
        rule: What must hold.
        hint: A sentence that helps, or empty.
        is_meta: True where the key stands under `config.meta.experiment`.
    """

    key: str
    message: str
    rule: str
    hint: str = ""
    is_meta: bool = True


def default_kind(type_: str, quantile: float | None) -> Kind:
    """The kind of a metric whose meta names none."""
    return "quantile" if quantile is not None else KINDS[type_][0]


def clashes(
    type_: str,
    kind: Kind,
    meta: ExperimentMeta,
    measures: Sequence[Measure],
    quantile: float | None,
) -> Iterator[Clash]:
    """Everything that does not fit together in one metric.

    Args:
        type_: dbt's type of metric.
        kind: The kind, declared or by default.
        meta: What is declared.
        measures: The measure of a simple metric, or those of its inputs; empty for a composite,
            whose parts have rules of their own.
        quantile: The p of dbt's median or percentile, or None.
    """
    if kind not in KINDS[type_]:
        rule = f"must be {' or '.join(KINDS[type_])} for a dbt metric of type {type_}"
        yield Clash("kind", f"== {kind!r} on a metric of type {type_!r}", rule)
        return
    yield from _misplaced_keys(kind, meta)
    yield from _quantile_clashes(kind, meta, quantile)
    yield from _aggregation_clashes(type_, kind, meta, measures)
    yield from _value_clashes(kind, meta, measures)
    yield from _missing_clashes(kind, meta)
    if kind == "gini" and meta.gini is not None:
        entities = measures[0].entities
        if meta.gini.over not in (UNIT, *entities):
            known = ", ".join((*entities, UNIT))
            rule = f"must be an entity of fact {measures[0].fact!r}, or {UNIT}: {known}"
            hint = nearest(meta.gini.over, (*entities, UNIT))
            yield Clash("gini.over", f"== {meta.gini.over!r}", rule, hint)


def _misplaced_keys(kind: Kind, meta: ExperimentMeta) -> Iterator[Clash]:
    for key, owner in KEYS.items():
        if getattr(meta, key) and kind != owner:
            yield Clash(key, f"stands beside kind {kind!r}", f"goes with kind: {owner} only")
    needed = NEEDED.get(kind)
    if needed is not None and getattr(meta, needed) is None:
        yield Clash(needed, "is missing", f"must be given for kind {kind}")
    if kind in WITHOUT_COVARIATE and "cuped" in meta.model_fields_set and meta.cuped.enabled:
        rule = f"a metric of kind {kind} has no covariates"
        yield Clash("cuped", "is switched on", rule, "Take the key away.")


def _quantile_clashes(kind: Kind, meta: ExperimentMeta, quantile: float | None) -> Iterator[Clash]:
    if kind != "quantile":
        if quantile is not None:
            message = f"== {kind!r} beside dbt's percentile {quantile:g}"
            yield Clash("kind", message, "must be quantile: dbt's median and percentile are")
        return
    declared = meta.quantile
    if declared is None:
        if quantile is None:
            rule = "must be given for kind quantile, {p: 0.95}, or by dbt's agg percentile"
            yield Clash("quantile", "is missing", rule)
    elif quantile is not None and declared.p != quantile:
        rule = f"must be dbt's percentile, {quantile:g}"
        yield Clash("quantile.p", f"== {declared.p:g}", rule)
    elif quantile is not None and declared.over != "events":
        rule = "must be events: with dbt's agg percentile a unit has no value of its own"
        yield Clash("quantile.over", f"== {declared.over!r}", rule, "Set agg: sum for its total.")


def _aggregation_clashes(
    type_: str, kind: Kind, meta: ExperimentMeta, measures: Sequence[Measure]
) -> Iterator[Clash]:
    over_events = kind == "quantile" and (meta.quantile is None or meta.quantile.over == "events")
    if meta.per_unit is not None and (type_ != "simple" or over_events):
        rule = "goes with a simple metric that has one value per unit"
        yield Clash("per_unit", f"== {meta.per_unit!r}", rule)
        return
    allowed = OF_EVENTS if over_events else ALLOWED.get(kind)
    for measure in measures:
        if allowed is not None and measure.agg not in allowed:
            words = ", ".join(sorted(allowed))
            message = f"== {measure.agg!r} for kind {kind!r}"
            yield Clash("agg", message, f"must be one of {words}", is_meta=False)


def _value_clashes(
    kind: Kind, meta: ExperimentMeta, measures: Sequence[Measure]
) -> Iterator[Clash]:
    if meta.transform is not None and kind != "mean":
        yield Clash("transform", f"stands beside kind {kind!r}", "goes with kind: mean only")
    if meta.winsorize is None:
        return
    if kind != "mean":
        yield Clash("winsorize", f"stands beside kind {kind!r}", "goes with kind: mean only")
    elif measures[0].agg not in TOTALS:
        words = ", ".join(sorted(TOTALS))
        message = f"stands beside agg {measures[0].agg!r}"
        yield Clash("winsorize", message, f"caps the total of a unit: agg must be one of {words}")
    if meta.transform is not None:
        message = f"stands beside transform {meta.transform.function!r}"
        yield Clash("winsorize", message, "a value is capped or transformed, not both")


def _missing_clashes(kind: Kind, meta: ExperimentMeta) -> Iterator[Clash]:
    over_events = kind == "quantile" and (meta.quantile is None or meta.quantile.over == "events")
    if meta.missing == "zero" and over_events:
        rule = "must be left out: a unit without events has no value among those of events"
        yield Clash("missing", "== 'zero'", rule)
    if meta.missing == "exclude" and kind in ("retention", "conversion", "composite"):
        yield Clash("missing", "== 'exclude'", f"must be zero for kind {kind}")
