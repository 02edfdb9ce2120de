"""The gate: data that contradicts the specs stops the build with one report."""

from datetime import date

import pyarrow as pa
import pytest

from abstats.pipeline.inputs import check_inputs
from abstats.spec.experiment import ExperimentSpec
from abstats.spec.problems import SpecError

SPEC = ExperimentSpec.model_validate(
    {
        "name": "ranker",
        "owner": "search",
        "hypothesis": "It is better.",
        "unit": "user",
        "start": date(2026, 1, 5),
        "end": date(2026, 1, 15),
        "variants": {"control": 0.5, "ranker_v2": 0.5},
        "control": "control",
        "metrics": {"primary": ["ctr"]},
    }
)
EXPERIMENTS = pa.table({"spec": [SPEC.canonical]})
NO_DENOMINATORS = pa.table(
    {
        "metric_name": pa.array([], pa.string()),
        "n_positive_denominators": pa.array([], pa.int64()),
        "n_with_values": pa.array([], pa.int64()),
    }
)


def counts(**units: int) -> pa.Table:
    return pa.table(
        {
            "experiment_id": ["ranker"] * len(units),
            "variant_id": list(units),
            "count_name": ["units"] * len(units),
            "n": list(units.values()),
        }
    )


def test_declared_variants_pass() -> None:
    checked = check_inputs(EXPERIMENTS, counts(control=3, ranker_v2=4), NO_DENOMINATORS, "fail")
    assert checked.to_pylist() == [{"experiment_id": "ranker", "n_exposed_units": 7}]


def test_an_experiment_without_exposures_is_a_state_and_no_error() -> None:
    checked = check_inputs(EXPERIMENTS, counts(), NO_DENOMINATORS, "fail")
    assert checked.to_pylist() == [{"experiment_id": "ranker", "n_exposed_units": 0}]


def test_everything_that_is_wrong_is_in_one_report() -> None:
    denominators = pa.table(
        {"metric_name": ["ctr"], "n_positive_denominators": [0], "n_with_values": [9]}
    )
    with pytest.raises(SpecError) as error:
        check_inputs(EXPERIMENTS, counts(control=3, ranker_v3=4), denominators, "fail")
    report = str(error.value)
    assert "4 units were first exposed to variant 'ranker_v3'" in report
    assert "did you mean 'ranker_v2'" in report.lower()
    assert "metric ctr" in report
    assert "positive for none of the 9 units" in report


def test_unknown_variants_can_be_left_to_the_health_check() -> None:
    checked = check_inputs(EXPERIMENTS, counts(ranker_v3=4), NO_DENOMINATORS, "invalidate")
    assert checked.num_rows == 1


def test_a_denominator_of_units_without_any_value_is_no_error() -> None:
    denominators = pa.table(
        {"metric_name": ["ctr"], "n_positive_denominators": [0], "n_with_values": [0]}
    )
    assert check_inputs(EXPERIMENTS, counts(control=1), denominators, "fail").num_rows == 1


def test_another_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="on_unknown_variants == 'ignore', must be"):
        check_inputs(EXPERIMENTS, counts(), NO_DENOMINATORS, "ignore")
