"""A prior in a spec: its keys, and what it is refused for."""

import pytest

from abstats.spec import ExperimentSpec

from .examples import EXPERIMENT, parsed


def told(bayesian: str) -> list[str]:
    _, problems = parsed(f"{EXPERIMENT}  bayesian: {bayesian}\n", "x.yml")
    return [f"{problem.file} {problem}" for problem in problems]


def experiment(bayesian: str, text: str = EXPERIMENT) -> ExperimentSpec:
    spec, problems = parsed(f"{text}  bayesian: {bayesian}\n", "x.yml")
    assert problems == []
    assert spec is not None
    return spec


@pytest.mark.parametrize(
    ("bayesian", "line"),
    [
        ("flat", "bayesian == 'flat', must be a mapping"),
        ("{}", "prior is missing, must be given: prior of the effects"),
        (
            "{prior: calibratd}",
            "prior == 'calibratd', must be one of flat, declared, calibrated. Did you mean "
            "'calibrated'?",
        ),
        ("{prior: flat, relative_std: 0.05}", "relative_std == 0.05, must stand beside prior: dec"),
        ("{prior: calibrated, relative_mean: 0}", "relative_mean == 0, must stand beside prior: d"),
        ("{prior: declared}", "relative_std is missing, must be given with prior: declared."),
        ("{prior: declared, relative_std: 0}", "relative_std == 0, must be > 0."),
        ("{prior: declared, relative_sd: 0.1}", "Did you mean 'relative_std'?"),
        ("{prior: flat, proportions: {events: 0, others: 9}}", "events == 0, must be >= 0.1."),
        ("{prior: flat, proportions: {events: 1}}", "others is missing, must be given: units wi"),
    ],
)
def test_a_mistake_is_told_with_key_value_and_rule(bayesian: str, line: str) -> None:
    lines = told(bayesian)
    assert any(found.startswith("x.yml:21 analysis.bayesian") for found in lines)
    assert any(line in found for found in lines), lines


@pytest.mark.parametrize(
    "bayesian",
    [
        "{prior: flat}",
        "{prior: calibrated, proportions: {events: 2, others: 38.5}}",
        "{prior: declared, relative_mean: -0.01, relative_std: 0.05}",
    ],
)
def test_a_prior_survives_canonical_json(bayesian: str) -> None:
    spec = experiment(bayesian)
    assert ExperimentSpec.model_validate_json(spec.canonical) == spec
    assert ExperimentSpec.model_validate_json(spec.canonical).spec_hash == spec.spec_hash


def test_a_declared_prior_is_around_no_effect_where_no_mean_is_named() -> None:
    short = experiment("{prior: declared, relative_std: 0.05}")
    named = experiment("{prior: declared, relative_mean: 0, relative_std: 0.05}")
    assert short.spec_hash == named.spec_hash


def test_without_the_key_there_is_no_prior() -> None:
    spec, _ = parsed(EXPERIMENT, "x.yml")
    assert spec is not None
    assert spec.analysis.bayesian is None


def test_a_prior_of_rates_is_refused_in_a_ramp() -> None:
    ramp = (
        "allocation:\n"
        "  - {from: 2026-01-05, weights: {control: 0.9, ranker_v2: 0.1}}\n"
        "  - {from: 2026-01-12, weights: {control: 0.5, ranker_v2: 0.5}}\n"
    )
    prior = "  bayesian: {prior: flat, proportions: {events: 1, others: 9}}\n"
    _, problems = parsed(f"{EXPERIMENT}{prior}{ramp}", "x.yml")
    (problem,) = problems
    assert "analysis.bayesian.proportions is a prior of each arm's rate, must not" in str(problem)
