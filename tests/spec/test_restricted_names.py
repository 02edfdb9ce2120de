"""Names whose form is restricted are refused with the rule, all of them in one report."""

import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from abstats.spec.covariate import CupedSpec
from abstats.spec.load import parse_experiment
from tests.engines.world import INJECTED

DECLARED: dict[str, Any] = {
    "name": "ranker_v2",
    "owner": "search",
    "hypothesis": "It helps.",
    "unit": "user",
    "start": "2026-01-05",
    "end": "2026-02-02",
    "variants": {"control": 0.5, "new": 0.5},
    "control": "control",
    "metrics": {"primary": ["ctr"]},
}


def report(**changes: object) -> list[str]:
    file = parse_experiment(json.dumps({**DECLARED, **changes}), "experiments/x.yml")
    return [str(problem) for problem in file.problems]


def test_every_name_that_becomes_a_column_or_an_id_is_refused_at_once():
    told = report(name=INJECTED, unit=INJECTED, segments=["ok", INJECTED, "x" * 51])
    assert len(told) == 4
    assert sum("must be letters, digits and underscores" in line for line in told) == 3
    assert sum("must have at most 50 characters" in line for line in told) == 1
    for key in ("name", "unit", "segments[1]", "segments[2]"):
        assert any(line.startswith(key) for line in told)


def test_a_covariate_that_is_a_column_has_the_same_rule():
    with pytest.raises(ValidationError, match="at most 50 characters"):
        CupedSpec(attributes=("x" * 51,))
    assert CupedSpec(attributes=("x" * 50,)).attributes == ("x" * 50,)


def test_the_longest_name_of_a_segment_fits():
    assert report(segments=["x" * 50]) == []


@pytest.mark.parametrize("field", ["owner", "hypothesis", "description", "salt"])
def test_text_may_be_anything_but_nul(field):
    assert report(**{field: INJECTED}) == []
    (line,) = report(**{field: "a\0b"})
    assert line.startswith(field)
    assert "must have no NUL character" in line


def test_a_variant_may_be_anything_but_nul():
    assert report(variants={"control": 0.5, INJECTED: 0.5}) == []
    (line,) = report(variants={"control": 0.5, "a\0": 0.5})
    assert "must have no NUL character" in line


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.mkdir [planted]",
        "!!python/name:os.system",
        "!!python/object:abstats.moments.Moments {}",
        "!secret x",
    ],
)
def test_a_tag_that_makes_an_object_is_refused_in_words(value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = yaml.safe_dump(DECLARED).replace("It helps.", value)
    told = parse_experiment(text, "experiments/x.yml").problems
    assert any("has the tag" in problem.message for problem in told)
    assert {problem.rule for problem in told if "tag" in problem.message} == {"a spec has no tags"}
    assert list(tmp_path.iterdir()) == []
