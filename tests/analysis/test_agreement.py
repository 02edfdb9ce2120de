import pytest

from abstats.analysis.agreement import Reading, disagreement

CHECKED = Reading(1.0, 0.04, (0.02, 1.98))
RULES = {"std_error": 0.5, "alpha": 0.05, "smallest_p": 0.001}


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (Reading(1.0, 0.03, (0.1, 1.9)), ""),
        (Reading(1.0, 0.03, (0.25, 1.9)), "The lower bound is 0.25, not 0.02."),
        (Reading(1.0, 0.06, (-0.1, 2.0)), ""),
        (Reading(1.0, 0.2, None), "P is 0.2, not 0.04."),
        (Reading(1.1, 0.04, None), "The estimate is 1.1, not 1: build again."),
    ],
)
def test_differences_beyond_the_tolerance_are_told(check: Reading, told: str) -> None:
    assert disagreement(check, CHECKED, **RULES) == told


def test_a_p_value_that_resampling_cannot_have_is_no_disagreement() -> None:
    tiny = Reading(1.0, 1e-12, None)
    assert disagreement(Reading(1.0, 0.001, None), tiny, **RULES) == ""
    assert disagreement(Reading(1.0, 1.0, None), tiny, **RULES) == "P is 1, not 1e-12."


def test_bounds_that_cannot_be_had_do_not_agree() -> None:
    nothing = Reading(1.0, 0.04, (float("nan"), 1.98))
    assert disagreement(Reading(1.0, 0.04, (0.02, 1.98)), nothing, **RULES)
