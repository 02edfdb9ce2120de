"""Whatever people write, they get a spec or a report; never another exception."""

import copy
import string
from datetime import date, timedelta
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from abstats.spec import ExperimentSpec, SpecError
from abstats.spec.graph import read_metrics

from .examples import EXPERIMENT, graph, parsed, ratio, simple

VALID: dict[str, Any] = yaml.load(EXPERIMENT, Loader=yaml.BaseLoader)
META: dict[str, Any] = {
    "kind": "mean",
    "direction": "increase",
    "parent": "engagement",
    "window": {"days": 7, "hours": 1},
    "cuped": {"lookback_days": 14, "enabled": True, "metrics": [], "attributes": ["score"]},
    "missing": "zero",
    "unit": "minutes",
    "format": "number",
    "weight": 1.0,
    "owner": "search",
    "decomposition": "sum",
    "per_unit": "last_value",
    "transform": {"above": 3},
    "quantile": {"p": 0.5, "over": "events"},
    "retention": {"from_day": 1, "to_day": 8},
    "gini": {"over": "unit"},
    "winsorize": {"upper": 0.99},
}

identifiers = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True)
texts = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12
)
segments = identifiers.map(lambda name: f"by_{name}").flatmap(
    lambda name: (
        st.just(name)
        | st.fixed_dictionaries(
            {"name": st.just(name)},
            optional={"keep": st.integers(1, 99), "preregistered": st.booleans()},
        )
    )
)


def _name_of(segment: str | dict[str, Any]) -> str:
    return (segment if isinstance(segment, str) else segment["name"]).lower()


def keys_of(value: object, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path that ends in a key of a mapping, but not the names of variants."""
    if isinstance(value, dict):
        own = [] if above == ("variants",) else [(*above, key) for key in value]
        return own + [path for key, item in value.items() for path in keys_of(item, (*above, key))]
    if isinstance(value, list):
        return [path for i, item in enumerate(value) for path in keys_of(item, (*above, i))]
    return []


def renamed(tree: Any, path: tuple[str | int, ...], name: str) -> Any:
    """The tree with the key at the end of `path` renamed."""
    tree = copy.deepcopy(tree)
    holder = tree
    for part in path[:-1]:
        holder = holder[part]
    holder[name] = holder.pop(path[-1])
    return tree


@st.composite
def misspelt(draw: st.DrawFn, word: str) -> str:
    """A word with one letter dropped, doubled, changed or swapped with the next."""
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    forms = [
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    ]
    return draw(st.sampled_from([form for form in forms if form not in ("", word)] or [word + "_"]))


def _aims(name: str) -> st.SearchStrategy[str | dict[str, Any]]:
    """A metric by its name, or with what is to be shown of it."""
    keys = ["minimum_effect", "equivalence_margin", "absolute_equivalence_margin"]
    aim = st.tuples(st.sampled_from(keys), st.floats(1e-9, 0.999))
    mapped = aim.map(lambda pair: {"metric": name, pair[0]: pair[1]})
    return st.just(name) | mapped


@st.composite
def experiments(draw: st.DrawFn) -> dict[str, Any]:
    """Valid experiments."""
    names = draw(st.lists(identifiers, min_size=1, max_size=6, unique=True))
    cut, end = sorted((draw(st.integers(1, len(names))), draw(st.integers(1, len(names)))))
    variants = draw(st.lists(texts, min_size=2, max_size=4, unique=True))
    parts = draw(st.lists(st.integers(1, 100), min_size=len(variants), max_size=len(variants)))
    start = draw(st.dates(date(1970, 1, 1), date(2999, 1, 1)))
    margins = st.sampled_from(["margin", "absolute_margin"])
    aims = [draw(_aims(name)) for name in names[:end]]
    is_same = any("equivalence" in key for aim in aims if isinstance(aim, dict) for key in aim)
    return {
        "name": draw(identifiers),
        "owner": draw(texts),
        "hypothesis": draw(texts),
        "unit": draw(identifiers),
        "start": start,
        "end": start + timedelta(days=draw(st.integers(1, 400))),
        "variants": {v: part / sum(parts) for v, part in zip(variants, parts, strict=True)},
        "control": draw(st.sampled_from(variants)),
        "metrics": {
            "primary": aims[:cut],
            "secondary": aims[cut:end],
            "guardrails": [
                {"metric": name, draw(margins): draw(st.floats(1e-9, 0.999))}
                for name in names[end:]
            ],
        },
        "segments": draw(st.lists(segments, max_size=3, unique_by=_name_of)),
        "window": draw(
            st.none()
            | st.fixed_dictionaries({"days": st.integers(1, 60), "hours": st.integers(0, 23)})
        ),
        "analysis": {
            "alpha": draw(st.floats(1e-6, 0.499 if is_same else 0.999)),
            "comparisons": draw(st.sampled_from(["control", "all_pairs"])),
            "cuped": draw(st.booleans()),
        },
        "description": draw(
            st.text(max_size=20, alphabet=st.characters(codec="utf-8", exclude_characters="\0"))
        ),
    }


@given(experiments())
@settings(max_examples=150, deadline=None)
def test_any_valid_spec_survives_json(declared: dict[str, Any]) -> None:
    spec = ExperimentSpec.model_validate(declared)
    again = ExperimentSpec.model_validate_json(spec.model_dump_json())
    assert again == spec
    assert ExperimentSpec.model_validate_json(spec.canonical).spec_hash == spec.spec_hash
    pairs = spec.pairs()
    assert len(set(map(frozenset, pairs))) == len(pairs)
    assert all(treatment != spec.control for treatment, _ in pairs)


@given(experiments())
@settings(max_examples=150, deadline=None)
def test_any_valid_spec_survives_yaml(declared: dict[str, Any]) -> None:
    text = yaml.safe_dump(declared, allow_unicode=False)
    spec, problems = parsed(text, "x.yml")
    assert problems == []
    assert spec == ExperimentSpec.model_validate(declared)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_misspelt_key_of_an_experiment_is_always_named(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(keys_of(VALID)))
    name = data.draw(misspelt(str(path[-1])))
    text = yaml.safe_dump(renamed(VALID, path, name), sort_keys=False)
    spec, problems = parsed(text, "x.yml")
    assert spec is None
    named = [p for p in problems if name in p.key and "not a known key" in p.message]
    assert len(named) == 1
    assert named[0].line is not None


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_misspelt_key_of_a_metric_is_always_named(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(keys_of(META)))
    name = data.draw(misspelt(str(path[-1])))
    project = graph(simple("minutes", {"experiment": renamed(META, path, name)}))
    metrics, problems = read_metrics(project)
    assert metrics == []
    assert [p.key for p in problems if name in p.key and "not a known key" in p.message]


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    spec, problems = parsed(text, "x.yml")
    assert spec is None
    assert str(SpecError(problems))


YAML_BITS = st.sampled_from(
    [*'[]{}:,-?!&*#|>%@`"\'\n\t ~0', ": ", "- ", "\n  ", "'", '"\\U', "\\x", "<<: ", "!!int ",
     "&a ", "*a", "---\n", "...\n", "%YAML 9.9\n", "null", "true", ".nan", "9" * 400, "\ufeff",
     "\x85", "2026-02-31", "1e999", "{}", "[]"]
)  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, len(EXPERIMENT)), st.integers(0, 12), YAML_BITS)))
@settings(max_examples=150, deadline=None)
def test_no_mutation_of_a_file_breaks_the_reader(edits: list[tuple[int, int, str]]) -> None:
    text = EXPERIMENT
    for at, cut, bit in edits:
        text = text[:at] + bit + text[at + cut :]
    spec, problems = parsed(text, "x.yml")
    assert (spec is None) == bool(problems)
    assert all(p.path == "x.yml" and "\n" not in str(p) for p in problems)
    if spec is not None:
        assert ExperimentSpec.model_validate_json(spec.model_dump_json()) == spec


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@given(st.data(), anything)
@settings(max_examples=150, deadline=None)
def test_no_value_under_a_key_breaks_the_metrics(data: st.DataObject, value: object) -> None:
    key = data.draw(st.sampled_from([*META, "standardise"]))
    metric = simple("minutes", {"experiment": {**META, key: value}})
    _, problems = read_metrics(
        graph(metric, ratio("rate", "minutes", "minutes", {"experiment": value}))
    )
    assert all("\n" not in str(problem) for problem in problems)
