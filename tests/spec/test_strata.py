"""Periods of a ramp by name."""

from abstats.spec.strata import period_of, weights_by_period

from .examples import EXPERIMENT, parsed

RAMP = """\
allocation:
  - {from: 2026-01-05, weights: {ranker_v2: 0.01, control: 0.99}}
  - {from: 2026-01-12, weights: {control: 0.5, ranker_v2: 0.5}}
"""


def test_the_weights_of_each_period_stand_in_the_order_of_the_variants() -> None:
    spec, _ = parsed(RAMP + EXPERIMENT, "experiments/ranker_v2.yml")
    assert spec is not None
    weights = weights_by_period(spec)
    assert {name: list(of.items()) for name, of in weights.items()} == {
        "2026-01-05": [("control", 0.99), ("ranker_v2", 0.01)],
        "2026-01-12": [("control", 0.5), ("ranker_v2", 0.5)],
    }
    assert period_of(spec, "2026-01-12") == "2026-01-12"
    assert period_of(spec, "2026-01-12|a|b") == "2026-01-12"


def test_without_a_ramp_there_is_one_period_whatever_the_stratum() -> None:
    spec, _ = parsed(EXPERIMENT, "experiments/ranker_v2.yml")
    assert spec is not None
    assert weights_by_period(spec) == {"all": {"control": 0.5, "ranker_v2": 0.5}}
    assert period_of(spec, "ios|tablet") == "all"
