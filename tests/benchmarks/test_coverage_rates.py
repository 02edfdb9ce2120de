import pytest

from benchmarks.coverage_outcomes import Comparison, HealthTest, Outcome, Verdict
from benchmarks.coverage_rates import (
    AA_CALLED,
    AA_REJECTIONS,
    ABSOLUTE,
    HEALTH_REJECTIONS,
    RELATIVE,
    rates,
)


def outcome(seed, covers=True, p_value=0.5, verdict="inconclusive", experiment="aa_check"):
    return Outcome(
        seed,
        tuple(
            Comparison(experiment, "b", metric, "ratio", "cuped", p_value, covers, covers, 0.0, 0.1)
            for metric in ("ctr", "page_latency_ms")
        ),
        (Verdict(experiment, "b", verdict, "rule", False),),
        (HealthTest(experiment, "covariate_balance", "ctr", p_value),),
    )


def rate(all_rates, quantity, subject):
    return next(rate for rate in all_rates if (rate.quantity, rate.subject) == (quantity, subject))


def test_intervals_are_pooled_over_metrics_of_a_kind_and_seeds():
    all_rates = rates([outcome(seed, covers=seed > 5) for seed in range(1, 101)])
    pooled = rate(all_rates, ABSOLUTE, ("A/A", "ratio", "cuped"))
    assert (pooled.hits, pooled.trials, pooled.nominal) == (190, 200, 0.95)
    single = rate(all_rates, RELATIVE, ("aa_check", "b", "ctr", "ratio", "cuped"))
    assert (single.hits, single.trials, single.share) == (95, 100, 0.95)
    assert not pooled.is_outside
    assert not single.is_outside


def test_an_interval_that_cannot_be_had_neither_covers_nor_misses():
    all_rates = rates([outcome(seed, covers=None if seed == 1 else True) for seed in range(1, 41)])
    single = rate(all_rates, ABSOLUTE, ("aa_check", "b", "ctr", "ratio", "cuped"))
    assert (single.trials, single.missing, single.hits) == (39, 1, 39)


@pytest.mark.parametrize("misses", [40, 0])
def test_a_share_far_from_its_rate_is_outside_in_either_direction(misses):
    all_rates = rates([outcome(seed, covers=seed > misses) for seed in range(1, 401)])
    assert rate(all_rates, ABSOLUTE, ("aa_check", "b", "ctr", "ratio", "cuped")).is_outside
    assert rate(all_rates, ABSOLUTE, ("A/A", "ratio", "cuped")).is_outside


def test_aa_tests_and_health_checks_reject_at_p_of_five_percent_or_less():
    all_rates = rates([outcome(seed, p_value=seed / 100) for seed in range(1, 101)])
    assert rate(all_rates, AA_REJECTIONS, ("cuped",)).share == 0.05
    assert rate(all_rates, HEALTH_REJECTIONS, ("covariate_balance", "per metric")).share == 0.05


def test_an_aa_test_that_is_called_too_often_is_outside_and_too_seldom_is_not():
    subject = ("aa_check", "b")
    called = [outcome(seed, verdict="ship" if seed > 160 else "rollback") for seed in range(200)]
    assert rate(rates(called), AA_CALLED, subject).is_outside
    quiet = [outcome(seed) for seed in range(200)]
    assert not rate(rates(quiet), AA_CALLED, subject).is_outside


def test_other_experiments_are_no_aa_tests():
    all_rates = rates([outcome(seed, experiment="recommender_cf_vs_content") for seed in (1, 2)])
    assert {rate.quantity for rate in all_rates} == {ABSOLUTE, RELATIVE, HEALTH_REJECTIONS}
    rate(all_rates, ABSOLUTE, ("2 arms", "ratio", "cuped"))


def test_one_seed_has_no_variance_between_seeds():
    with pytest.raises(ValueError, match=r"len\(outcomes\) == 1, must be >= 2"):
        rates([outcome(1)])
