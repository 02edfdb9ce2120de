from typing import Any

import pytest
from pydantic import ValidationError

from abstats.spec import CupedSpec, ExperimentMeta, Measure, MetricSpec


def measure(**changes: Any) -> Measure:
    values = {
        "fact": "fct_clicks",
        "fact_unique_id": "model.host.fct_clicks",
        "fact_checksum": "abc",
        "agg": "sum",
        "expr": "minutes",
        "time_column": "clicked_at",
        "entities": {"user": "user_id", "session": "session_id"},
    }
    return Measure.model_validate(values | changes)


def metric(**changes: Any) -> MetricSpec:
    both = MetricSpec.model_fields.keys() & ExperimentMeta.model_fields.keys()
    meta = ExperimentMeta().model_dump(include=set(both)) | {"kind": "mean", "missing": "zero"}
    values = {
        "name": "watch_minutes",
        "label": "Watch minutes",
        "description": "",
        "numerator": measure(),
        "denominator": None,
        "file": "metrics/fct_clicks.yml",
    }
    return MetricSpec.model_validate(meta | values | changes)


def test_the_covariate_is_on_with_two_weeks_and_can_be_switched_off() -> None:
    assert ExperimentMeta().cuped == CupedSpec(lookback_days=14, enabled=True)
    assert not ExperimentMeta.model_validate({"cuped": False}).cuped.enabled
    assert ExperimentMeta.model_validate({"cuped": True}).cuped == CupedSpec()
    lookback = ExperimentMeta.model_validate({"cuped": {"lookback_days": 28}}).cuped
    assert lookback == CupedSpec(lookback_days=28)


@pytest.mark.parametrize("days", [0, -7, 1.5, "14"])
def test_a_lookback_is_a_whole_number_of_days_above_zero(days: object) -> None:
    with pytest.raises(ValidationError):
        ExperimentMeta.model_validate({"cuped": {"lookback_days": days}})


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "proportion"},
        {"window": {"days": 7}},
        {"cuped": {"lookback_days": 7}},
        {"cuped": {"enabled": False}},
        {"missing": "exclude"},
        {"numerator": measure(expr="2 * minutes")},
        {"numerator": measure(agg="count")},
        {"numerator": measure(fact_checksum="def")},
        {"numerator": measure(time_column="watched_at")},
        {"numerator": measure(entities={"user": "account_id"})},
        {"numerator": measure(filter="platform = 'web'")},
        {"denominator": measure()},
        {"quantile": {"p": 0.9}},
        {"quantile": {"p": 0.9, "over": "units"}},
        {"retention": {"from_day": 1, "to_day": 8}},
        {"gini": {"over": "unit"}},
        {"parts": [{"metric": "a", "weight": 2, "kind": "mean", "numerator": measure()}]},
        {"winsorize": {"upper": 0.99}},
        {"transform": {"function": "log1p"}},
        {"decomposition": "sum"},
        {"covariates": [{"name": "orders", "measure": measure(agg="count")}]},
        {"covariates": [{"name": "score", "attribute": "score"}]},
    ],
)
def test_the_definition_hash_changes_with_whatever_changes_numbers(change: dict[str, Any]) -> None:
    assert metric(**change).definition_hash != metric().definition_hash


@pytest.mark.parametrize(
    "change",
    [
        {"label": "x"},
        {"description": "x"},
        {"owner": "x"},
        {"parent": "x"},
        {"weight": 2.0},
        {"format": "percent"},
        {"unit": "minutes"},
        {"direction": "decrease"},
        {"file": "x.yml"},
        {"numerator": measure(fact_unique_id="model.other.fct_clicks")},
        {"numerator": measure(entities={"session": "session_id", "user": "user_id"})},
    ],
)
def test_the_definition_hash_ignores_labels_and_order(change: dict[str, Any]) -> None:
    assert metric(**change).definition_hash == metric().definition_hash


def test_the_definition_hash_of_a_part_ignores_the_package_of_its_fact() -> None:
    def hash_in(place: str) -> str:
        part = {"metric": "a", "weight": 2.0, "kind": "mean"}
        moved = measure(fact_unique_id=place)
        covariate = {"name": "orders", "measure": moved}
        return metric(parts=[part | {"numerator": moved}], covariates=[covariate]).definition_hash

    assert hash_in("model.a.fct_clicks") == hash_in("model.b.fct_clicks")


def test_every_measure_is_read_and_parts_are_what_a_composite_is_made_of() -> None:
    part = {"metric": "a", "weight": 2, "kind": "mean", "numerator": measure(expr="a")}
    score = metric(
        kind="composite",
        parts=[part, part | {"metric": "b", "numerator": measure(expr="b")}],
        covariates=[
            {"name": "orders", "measure": measure(expr="c")},
            {"name": "score", "attribute": "score"},
        ],
    )
    assert [item.expr for item in score.measures] == ["a", "b"]
    assert [item.expr for item in score.every_measure] == ["a", "b", "c"]
    assert MetricSpec.model_validate_json(score.canonical) == score


def test_a_metric_survives_json() -> None:
    ratio = metric(kind="ratio", denominator=measure(expr="1"), window={"hours": 36})
    assert MetricSpec.model_validate_json(ratio.model_dump_json()) == ratio
    assert MetricSpec.model_validate_json(ratio.canonical) == ratio
    assert ratio.measures == (measure(), measure(expr="1"))
