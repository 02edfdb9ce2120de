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
NO_VALUES = pa.table(
    {
        "metric_name": pa.array([], pa.string()),
        "n_with_values": pa.array([], pa.int64()),
        "n_positive_denominators": pa.array([], pa.int64()),
        "n_unusable": pa.array([], pa.int64()),
    }
)


def counts(**units: int) -> pa.Table:
    return pa.table(
        {
            "experiment_id": ["ranker"] * len(units),
            "variant_id": list(units),
            "stratum": ["all"] * len(units),
            "count_name": ["units"] * len(units),
            "n": list(units.values()),
        }
    )


def values(metric: str, *, with_values: int, positive: int | None, unusable: int = 0) -> pa.Table:
    return pa.table(
        {
            "metric_name": [metric],
            "n_with_values": [with_values],
            "n_positive_denominators": pa.array([positive], pa.int64()),
            "n_unusable": [unusable],
        }
    )


def test_declared_variants_pass() -> None:
    checked = check_inputs(EXPERIMENTS, counts(control=3, ranker_v2=4), NO_VALUES, "fail")
    assert checked.to_pylist() == [{"experiment_id": "ranker", "n_exposed_units": 7}]


def test_an_experiment_without_exposures_is_a_state_and_no_error() -> None:
    checked = check_inputs(EXPERIMENTS, counts(), NO_VALUES, "fail")
    assert checked.to_pylist() == [{"experiment_id": "ranker", "n_exposed_units": 0}]


def test_everything_that_is_wrong_is_in_one_report() -> None:
    counted = values("ctr", with_values=9, positive=0, unusable=2)
    with pytest.raises(SpecError) as error:
        check_inputs(EXPERIMENTS, counts(control=3, ranker_v3=4), counted, "fail")
    report = str(error.value)
    assert "4 units were first exposed to variant 'ranker_v3'" in report
    assert "did you mean 'ranker_v2'" in report.lower()
    assert "metric ctr" in report
    assert "positive for none of the 9 units" in report
    assert "has NaN, infinity or a number beyond 1e150 for 2 units" in report


def test_unknown_variants_can_be_left_to_the_health_check() -> None:
    checked = check_inputs(EXPERIMENTS, counts(ranker_v3=4), NO_VALUES, "invalidate")
    assert checked.num_rows == 1


def test_a_denominator_of_units_without_any_value_is_no_error() -> None:
    counted = values("ctr", with_values=0, positive=0)
    assert check_inputs(EXPERIMENTS, counts(control=1), counted, "fail").num_rows == 1


def test_another_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="on_unknown_variants == 'ignore', must be"):
        check_inputs(EXPERIMENTS, counts(), NO_VALUES, "ignore")
