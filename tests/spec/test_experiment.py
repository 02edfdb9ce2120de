import subprocess
import sys
from datetime import date
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from abstats.spec import ExperimentSpec
from abstats.spec.fields import RESERVED_COLUMNS

from .examples import EXPERIMENT


def declared(**changes: Any) -> dict[str, Any]:
    return {**yaml.safe_load(EXPERIMENT), **changes}


def broken(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        ExperimentSpec.model_validate(declared(**changes))
    return str(caught.value)


def test_the_example_of_the_design_is_valid() -> None:
    spec = ExperimentSpec.model_validate(declared())
    assert (spec.start, spec.end) == (date(2026, 1, 5), date(2026, 2, 2))
    assert spec.treatments == ("ranker_v2",)
    assert spec.window is not None
    assert spec.window.total_hours == 168
    assert spec.roles() == {
        "ctr": "primary",
        "watch_minutes": "secondary",
        "latency_ms": "guardrail",
        "orders": "guardrail",
    }


def test_a_spec_survives_json_and_canonical_json() -> None:
    spec = ExperimentSpec.model_validate(declared())
    assert ExperimentSpec.model_validate_json(spec.model_dump_json()) == spec
    assert ExperimentSpec.model_validate_json(spec.canonical) == spec


def test_the_hash_ignores_the_order_of_keys_and_sees_every_change() -> None:
    spec = ExperimentSpec.model_validate(declared())
    turned = ExperimentSpec.model_validate(dict(reversed(declared().items())))
    assert turned.spec_hash == spec.spec_hash
    swapped = ExperimentSpec.model_validate(declared(variants={"ranker_v2": 0.5, "control": 0.5}))
    assert swapped.spec_hash == spec.spec_hash
    written_out = ExperimentSpec.model_validate(declared(description="", salt=None))
    assert written_out.spec_hash == spec.spec_hash
    for change in ({"owner": "x"}, {"end": "2026-02-03"}, {"window": {"days": 8}}):
        assert ExperimentSpec.model_validate(declared(**change)).spec_hash != spec.spec_hash


def test_the_hash_is_the_same_in_another_process() -> None:
    spec = ExperimentSpec.model_validate(declared())
    code = (
        "import sys; from abstats.spec import ExperimentSpec;"
        "print(ExperimentSpec.model_validate_json(sys.stdin.read()).spec_hash)"
    )
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            input=spec.model_dump_json(),
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        )
        assert run.stdout.strip() == spec.spec_hash


def test_all_pairs_compare_treatments_in_the_order_of_the_alphabet() -> None:
    weights = {"womens": 0.25, "none": 0.5, "mens": 0.25}
    analysis = {"comparisons": "all_pairs"}
    spec = ExperimentSpec.model_validate(
        declared(variants=weights, control="none", analysis=analysis)
    )
    assert spec.pairs() == [("womens", "none"), ("mens", "none"), ("mens", "womens")]


def test_only_control_is_compared_by_default() -> None:
    weights = {"control": 0.5, "b": 0.25, "a": 0.25}
    spec = ExperimentSpec.model_validate(declared(variants=weights))
    assert spec.pairs() == [("b", "control"), ("a", "control")]


def test_variant_ids_are_any_text() -> None:
    weights = {'it\'s "v2"': 0.5, " ": 0.25, "größe;--": 0.25}
    spec = ExperimentSpec.model_validate(declared(variants=weights, control=" "))
    assert ExperimentSpec.model_validate_json(spec.model_dump_json()) == spec


def test_thirds_add_up_to_one_within_rounding() -> None:
    third = {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}
    assert ExperimentSpec.model_validate(declared(variants=third, control="a")).control == "a"
    cut = broken(variants={"a": 0.333, "b": 0.333, "c": 0.333}, control="a")
    assert "add up to 0.999, the weights must add up to 1" in cut


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"control": "contrl"}, "must be one of the variants, 'control', 'ranker_v2'."),
        ({"control": "contrl"}, "Did you mean 'control'?"),
        ({"end": "2026-01-05"}, "== 2026-01-05, must be after start, 2026-01-05"),
        ({"end": date(2025, 1, 1)}, "== 2025-01-01, must be after start"),
        ({"start": "2026-02-30"}, "== 2026-02-30, must be a day of the calendar"),
        ({"start": "2026-01-05 10:00:00"}, "must be a day in UTC, written YYYY-MM-DD"),
        ({"start": 1767571200}, "must be a day in UTC, written YYYY-MM-DD"),
        ({"variants": {"control": 1.0}}, "at least 2 items"),
        ({"variants": {"control": 0, "b": 1}}, "greater than 0"),
        ({"variants": {"control": "0.5", "b": 0.5}}, "valid number"),
        ({"variants": {"control": True, "b": 0.5}}, "valid number"),
        ({"name": "ranker v2"}, "letters, digits and underscores"),
        ({"unit": ""}, "letters, digits and underscores"),
        ({"owner": ""}, "at least 1 character"),
        ({"metrics": {"primary": []}}, "at least 1 item"),
        ({"metrics": {"primary": ["ctr", "ctr"]}}, "has 'ctr' again"),
        ({"metrics": {"primary": ["ctr"], "guardrails": ["ctr"]}}, "has 'ctr' again"),
        ({"metrics": {"primary": ["a"], "secondary": ["b"], "guardrails": ["b"]}}, "'b' again"),
        ({"window": {"days": 0}}, "== 0 days and 0 hours, must be > 0 hours"),
        ({"window": {"days": -1, "hours": 48}}, "greater than or equal to 0"),
        ({"window": {"days": 10**9}}, "<= 3660 days"),
        ({"segments": ["all"]}, "'all', that name is taken"),
        ({"segments": ["Unit_ID"]}, "'Unit_ID', that name is taken"),
        ({"segments": ["platform", "Platform"]}, "has 'platform' again"),
        ({"analysis": {"alpha": 1.5}}, "less than 1"),
        ({"analysis": {"alpha": 0}}, "greater than 0"),
        ({"analysis": {"power": float("nan")}}, "finite number"),
        ({"analysis": {"correction": "sidak"}}, "benjamini_yekutieli"),
        ({"analysis": {"weights": {"ctr": 0}, "correction": "holm"}}, "greater than 0"),
        (
            {"analysis": {"weights": {"ctr": 2}}},
            "stand with correction 'benjamini_hochberg', must stand with one of bonferroni, holm",
        ),
        (
            {"analysis": {"weights": {"crt": 2}, "correction": "holm"}},
            "has 'crt', must be one of the primary and secondary metrics, ctr",
        ),
        (
            {"analysis": {"gatekeeping": True}},
            "stands with correction 'benjamini_hochberg', must stand with one of bonferroni",
        ),
        (
            {"analysis": {"correction": "dunnett", "comparisons": "all_pairs"}},
            "== 'all_pairs' beside correction 'dunnett', must be 'control'",
        ),
    ],
)
def test_a_broken_rule_is_named(changes: dict[str, Any], text: str) -> None:
    assert text in broken(**changes)


def test_a_margin_is_positive_and_stands_alone() -> None:
    def guarded(guardrail: dict[str, Any]) -> dict[str, Any]:
        return {"primary": ["ctr"], "guardrails": [{"metric": "orders", **guardrail}]}

    assert "greater than 0" in broken(metrics=guarded({"margin": -0.02}))
    assert "less than 1" in broken(metrics=guarded({"margin": 2}))
    assert "greater than 0" in broken(metrics=guarded({"absolute_margin": -3}))
    both = {"margin": 0.1, "absolute_margin": 3}
    assert "== 3.0 beside margin, must stand alone" in broken(metrics=guarded(both))


def aimed(**settings: Any) -> dict[str, Any]:
    return {"primary": [{"metric": "ctr", **settings}], "secondary": ["orders"]}


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"equivalence_margin": -0.02}, "greater than 0"),
        ({"equivalence_margin": 0}, "greater than 0"),
        ({"equivalence_margin": 2}, "less than 1"),
        ({"absolute_equivalence_margin": -3}, "greater than 0"),
        ({"minimum_effect": 0}, "greater than 0"),
        (
            {"equivalence_margin": 0.1, "absolute_equivalence_margin": 3},
            "== 3.0 beside equivalence_margin, must stand alone: give one of the two",
        ),
        (
            {"equivalence_margin": 0.1, "minimum_effect": 0.05},
            "== 0.05 beside equivalence_margin, must stand without one",
        ),
        (
            {"absolute_equivalence_margin": 3, "minimum_effect": 0.05},
            "== 0.05 beside absolute_equivalence_margin, must stand without one",
        ),
    ],
)
def test_what_is_to_be_shown_of_a_metric_has_its_rules(settings: dict[str, Any], text: str) -> None:
    assert text in broken(metrics=aimed(**settings))


@pytest.mark.parametrize(
    ("analysis", "text"),
    [
        ({"alpha": 0.5}, "== 0.5 beside an equivalence margin of 'ctr', must be < 0.5"),
        (
            {"sequential": {"method": "group_sequential", "looks": 4, "futility": "pocock"}},
            "stands beside an equivalence margin of 'ctr', must be left out",
        ),
    ],
)
def test_an_equivalence_has_an_alpha_per_side_and_no_futility(
    analysis: dict[str, Any], text: str
) -> None:
    assert text in broken(metrics=aimed(equivalence_margin=0.1), analysis=analysis)
    assert ExperimentSpec.model_validate(declared(metrics=aimed(), analysis=analysis))


def test_a_metric_without_settings_is_its_name_also_in_the_hash() -> None:
    named = ExperimentSpec.model_validate(declared(metrics={"primary": ["ctr"]}))
    mapped = ExperimentSpec.model_validate(declared(metrics={"primary": [{"metric": "ctr"}]}))
    assert named.spec_hash == mapped.spec_hash
    assert '"primary":["ctr"]' in named.canonical
    aim = {"metric": "ctr", "minimum_effect": 0.02}
    powered = ExperimentSpec.model_validate(declared(metrics={"primary": [aim]}))
    assert powered.spec_hash != named.spec_hash
    assert ExperimentSpec.model_validate_json(powered.canonical) == powered


@pytest.mark.parametrize("name", sorted(RESERVED_COLUMNS))
def test_no_segment_is_named_like_a_column_of_ours(name: str) -> None:
    assert "that name is taken" in broken(segments=[name])


def test_a_window_longer_than_the_experiment_is_fine() -> None:
    spec = ExperimentSpec.model_validate(declared(window={"days": 365, "hours": 1}))
    assert spec.window is not None
    assert spec.window.duration.days == 365


def test_every_broken_rule_is_told_at_once() -> None:
    text = broken(
        control="nobody", end="2020-01-01", variants={"a": 0.5, "b": 0.6}, nonsense=1, owner=3
    )
    for part in ("must be after start", "add up to 1.1", "nonsense", "owner"):
        assert part in text


def test_a_segment_is_a_name_or_a_name_with_its_settings() -> None:
    country = {"name": "country", "keep": 5, "preregistered": True}
    spec = ExperimentSpec.model_validate(declared(segments=["platform", country]))
    assert spec.segments == ("platform", "country")
    assert spec.segment_keeps == {"platform": 20, "country": 5}
    assert spec.preregistered_segments == {"country"}
    assert ExperimentSpec.model_validate_json(spec.canonical) == spec
    plain = ExperimentSpec.model_validate(declared(segments=["platform", "country"]))
    assert plain.spec_hash != spec.spec_hash
    written_out = ExperimentSpec.model_validate(
        declared(segments=[{"name": "platform", "keep": 20}, "country"])
    )
    assert written_out.spec_hash == plain.spec_hash


def test_strata_are_one_of_the_segments() -> None:
    spec = ExperimentSpec.model_validate(declared(analysis={"post_stratify": "platform"}))
    assert spec.analysis.post_stratify == "platform"
    text = broken(analysis={"post_stratify": "country"})
    assert "== 'country', must be one of the segments, platform, is_new_user" in text
    text = broken(analysis={"post_stratify": "country"}, segments=[])
    assert "must be one of the segments, of which there are none" in text


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ({"name": "country", "keep": 0}, "greater than 0"),
        ({"name": "country", "keep": 2.5}, "valid integer"),
        ({"name": "country", "preregistered": "yes"}, "valid boolean"),
        ({"name": "all"}, "'all', that name is taken"),
        ({"keep": 3}, "Field required"),
        ({"name": "country", "top": 3}, "Extra inputs"),
    ],
)
def test_a_broken_segment_is_told(segment: dict[str, Any], text: str) -> None:
    assert text in broken(segments=[segment])
