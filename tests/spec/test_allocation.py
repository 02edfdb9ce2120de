"""The periods of a ramp."""

from datetime import date

import pytest

from abstats.spec import ExperimentSpec, SpecError

from .examples import EXPERIMENT, parsed

RAMP = """\
allocation:
  - {from: 2026-01-05, weights: {control: 0.99, ranker_v2: 0.01}}
  - {from: 2026-01-12, weights: {control: 0.5, ranker_v2: 0.5}}
"""


def test_a_ramp_has_its_periods_in_order() -> None:
    spec, problems = parsed(EXPERIMENT + RAMP, "x.yml")
    assert problems == []
    assert spec is not None
    first, second = spec.allocation
    assert (first.from_date, second.from_date) == (date(2026, 1, 5), date(2026, 1, 12))
    assert first.weights == {"control": 0.99, "ranker_v2": 0.01}
    assert ExperimentSpec.model_validate_json(spec.canonical) == spec
    assert '"from":"2026-01-05"' in spec.canonical
    plain, _ = parsed(EXPERIMENT, "x.yml")
    assert plain is not None
    assert plain.allocation == ()
    assert plain.spec_hash != spec.spec_hash


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "from: 2026-01-05",
            "from: 2026-01-06",
            "line 22  allocation[0].from == 2026-01-06, the first period begins at start, "
            "2026-01-05.",
        ),
        (
            "from: 2026-01-12",
            "from: 2026-01-05",
            "line 23  allocation[1].from == 2026-01-05, must be after the first day of the period "
            "before it, 2026-01-05.",
        ),
        (
            "from: 2026-01-12",
            "from: 2026-02-02",
            "line 23  allocation[1].from == 2026-02-02, must be before end, 2026-02-02.",
        ),
        (
            "control: 0.99, ranker_v2",
            "control: 0.99, rankr_v2",
            "line 22  allocation[0].weights has 'rankr_v2', must be one of the variants, "
            "'control', 'ranker_v2'. Did you mean 'ranker_v2'?",
        ),
        (
            "control: 0.99, ranker_v2: 0.01",
            "control: 1",
            "line 22  allocation[0].weights has no 'ranker_v2', must have a weight for each of "
            "the variants, 'control', 'ranker_v2'.",
        ),
        (
            "control: 0.99",
            "control: 0.9",
            "line 22  allocation[0].weights add up to 0.91, the weights must add up to 1.",
        ),
        (
            "weights: {control: 0.5, ranker_v2: 0.5}",
            "weights: {control: 0.6, ranker_v2: 0.4}",
            "line 23  allocation[1].weights == {'control': 0.6, 'ranker_v2': 0.4}, the last "
            "period must have the weights of variants.",
        ),
        (
            "control: 0.99",
            "control: 0",
            "line 22  allocation[0].weights.control == 0, must be > 0.",
        ),
        (
            "from: 2026-01-05",
            "form: 2026-01-05",
            "line 22  allocation[0].form is not a known key, must be one of from, weights. Did "
            "you mean 'from'?",
        ),
        ("from: 2026-01-05, ", "", "line 22  allocation[0].from is missing, must be given: first"),
    ],
)
def test_a_ramp_that_does_not_fit_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert old in RAMP
    spec, problems = parsed(EXPERIMENT + RAMP.replace(old, new), "x.yml")
    assert spec is None
    lines = str(SpecError(problems)).splitlines()[3:]
    assert any(line.strip().startswith(told) for line in lines), lines


def test_a_ramp_does_not_hide_other_mistakes() -> None:
    text = (EXPERIMENT + RAMP).replace("end: 2026-02-02", "end: 2026-01-05")
    _, problems = parsed(text.replace("owner:", "ownr:"), "x.yml")
    assert {problem.key for problem in problems} == {"owner", "ownr", "end"}
