import pytest

from abstats.spec import ExperimentSpec
from abstats.spec.buckets import LEAST, MOST, WANTED_PER_ARM, arms_of

from .examples import parsed

EXPERIMENT = """
name: ranker_v2
owner: search
hypothesis: It is better.
unit: user
start: 2026-01-05
end: 2026-02-02
variants: {control: 0.5, new: 0.5}
control: control
metrics: {primary: [ctr]}
analysis: %s
"""


def problems_of(analysis: str) -> list[str]:
    _, problems = parsed(EXPERIMENT % analysis, "experiments/ranker_v2.yml")
    return [str(problem) for problem in problems]


def experiment(**changes: object) -> ExperimentSpec:
    values: dict[str, object] = {
        "name": "e",
        "owner": "search",
        "hypothesis": "It is better.",
        "unit": "user",
        "start": "2026-01-05",
        "end": "2026-02-02",
        "variants": {"a": 0.5, "b": 0.5},
        "control": "a",
        "metrics": {"primary": ["ctr"]},
    }
    return ExperimentSpec.model_validate(values | changes)


def test_no_experiment_has_cross_checks_unless_it_asks_for_them() -> None:
    assert experiment().analysis.cross_checks is None
    asked = experiment(analysis={"cross_checks": {"permutation": 10_000}}).analysis.cross_checks
    assert asked is not None
    assert asked.replicates == {"permutation": 10_000}


@pytest.mark.parametrize(
    ("analysis", "problem"),
    [
        ("{cross_checks: {}}", "is empty, must have bootstrap, permutation or both"),
        ("{cross_checks: {bootstrap: 999}}", "bootstrap == 999, must be >= 1000"),
        ("{cross_checks: {bootstrap: 100001}}", "bootstrap == 100001, must be <= 100000"),
        ("{cross_checks: {permutation: 1e4}}", "permutation == 10000.0, must be"),
        ("{cross_checks: {botstrap: 1000}}", "Did you mean 'bootstrap'?"),
        (
            "{alpha: 0.01, cross_checks: {permutation: 1000}}",
            "permutation == 1000 beside alpha == 0.01, must be >= 2000, 10 in each tail",
        ),
    ],
)
def test_mistakes_are_told_by_name_value_and_rule(analysis: str, problem: str) -> None:
    (found,) = problems_of(analysis)
    assert problem in found


def test_arms_have_buckets_in_proportion_to_their_weights() -> None:
    assert [arm.n_buckets for arm in arms_of(experiment())] == [LEAST / 2, LEAST / 2]
    unequal = arms_of(experiment(variants={"a": 0.9, "b": 0.1}))
    assert [arm.n_buckets for arm in unequal] == [9 * WANTED_PER_ARM, WANTED_PER_ARM]
    tiny = arms_of(experiment(variants={"a": 0.999, "b": 0.001}))
    assert [arm.n_buckets for arm in tiny] == [0.999 * MOST, 0.001 * MOST]


def test_every_allocation_period_has_buckets_by_its_own_weights() -> None:
    ramp = experiment(
        allocation=[
            {"from": "2026-01-05", "weights": {"a": 0.9, "b": 0.1}},
            {"from": "2026-01-12", "weights": {"a": 0.5, "b": 0.5}},
        ]
    )
    assert [tuple(arm) for arm in arms_of(ramp)] == [
        ("2026-01-05", "a", 4500),
        ("2026-01-05", "b", 500),
        ("2026-01-12", "a", 1000),
        ("2026-01-12", "b", 1000),
    ]
