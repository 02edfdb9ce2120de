"""A past experiment as a baseline: its units by day, and its values."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.cli.power.history import FEWEST_UNITS, History, Look, histories
from abstats.inference.design import Baseline
from tests.analysis.worlds import a_metric, an_experiment, moment_rows, moments_table

START = date(2026, 1, 5)
ONE = Baseline(1.0, 1.0)


def history(counts, *, start_day=0, last_day=None):
    looks = tuple(Look(day, units, ONE) for day, units in counts)
    return History(looks, start_day, last_day or counts[-1][0], is_cuped=False)


def test_units_are_read_off_between_looks_and_go_on_at_the_last_weeks_rate() -> None:
    past = history([(7, 700), (14, 1050)])
    assert past.units(3.5) == 350
    assert past.units(14) == 1050
    assert past.per_day == 50
    assert past.units(28) == 1050 + 14 * 50


def test_days_after_the_last_exposures_say_nothing_about_the_rate() -> None:
    past = history([(7, 700), (14, 1400), (21, 1400)], last_day=14)
    assert past.units(21) == 2100


def test_with_a_window_no_unit_counts_before_the_first_is_complete() -> None:
    past = history([(8, 100), (15, 800)], start_day=7)
    assert past.units(7) == 0
    assert past.units(8) == 100
    assert past.per_day == 100


def test_one_look_gives_the_rate_since_the_start() -> None:
    assert history([(10, 500)]).units(20) == 1000


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 10_000)), min_size=1, max_size=20),
    st.floats(0, 200),
    st.floats(0, 200),
)
def test_units_never_fall_and_agree_with_every_look(steps, day, later) -> None:
    days = np.cumsum([gap for gap, _ in steps]).tolist()
    units = np.cumsum([more for _, more in steps]).tolist()
    past = history(list(zip(days, units, strict=True)))
    for at, expected in zip(days, units, strict=True):
        assert past.units(at) == pytest.approx(expected)
    first, second = sorted((day, later))
    assert past.units(first) <= past.units(second) + 1e-9


def rows(metric, day, *, n=40, columns=("y",), seed=1, **more):
    rng = np.random.default_rng(seed + day)
    table = []
    for variant in ("control", "new"):
        values = rng.normal(10, 2, size=(n, len(columns)))
        if "x_y" in columns:
            values[:, 0] = values[:, 1] + 0.1 * rng.normal(size=n)
        at = START + timedelta(days=day - 1)
        table += moment_rows(metric, variant, columns, values, day=at, **more)
    return table


def test_the_baseline_is_controls_and_units_are_of_all_variants() -> None:
    metric, experiment = a_metric("clicks"), an_experiment()
    table = moments_table(rows(metric, 7, n=40), rows(metric, 14, n=90))
    found = histories(experiment, {"clicks": "mean"}, table)["clicks"]
    assert [(look.day, look.units) for look in found.looks] == [(7, 80), (14, 180)]
    values = np.random.default_rng(15).normal(10, 2, size=(90, 1))
    assert found.baseline(30).value == pytest.approx(values.mean())
    assert found.baseline(30).variance == pytest.approx(values.var(ddof=1))
    assert found.baseline(8) == found.looks[0].baseline
    assert found.baseline(1) == found.looks[0].baseline


def test_covariates_are_used_where_the_experiment_uses_them() -> None:
    metric = a_metric("clicks", cuped=True)
    table = moments_table(rows(metric, 7, columns=("y", "x_y")))
    with_cuped = histories(an_experiment(), {"clicks": "mean"}, table)["clicks"]
    plain = an_experiment(analysis={"cuped": False})
    without = histories(plain, {"clicks": "mean"}, table)["clicks"]
    assert with_cuped.is_cuped
    assert not without.is_cuped
    assert with_cuped.baseline(7).variance < 0.1 * without.baseline(7).variance


def test_periods_are_merged_and_capped_values_preferred() -> None:
    metric, experiment = a_metric("clicks"), an_experiment()
    table = moments_table(
        rows(metric, 7, n=40, stratum="2026-01-05"),
        rows(metric, 7, n=50, stratum="2026-01-08"),
        rows(metric, 7, n=40, stratum="2026-01-05", is_winsorised=True, seed=9),
    )
    found = histories(experiment, {"clicks": "mean"}, table)["clicks"]
    assert found.looks[0].units == 80
    raw = moments_table(
        rows(metric, 7, n=40, stratum="2026-01-05"), rows(metric, 7, n=50, stratum="2026-01-08")
    )
    assert histories(experiment, {"clicks": "mean"}, raw)["clicks"].looks[0].units == 180


def test_too_few_units_or_none_say_why() -> None:
    metric, experiment = a_metric("clicks"), an_experiment()
    table = moments_table(rows(metric, 7, n=FEWEST_UNITS - 1))
    found = histories(experiment, {"clicks": "mean", "orders": "mean"}, table)
    for name in ("clicks", "orders"):
        assert found[name].status == "too_few_units"
        assert "30 units of control" in found[name].reason


def test_a_metric_whose_first_units_come_after_the_others_has_a_window() -> None:
    windowed, open_ended, experiment = a_metric("late"), a_metric("clicks"), an_experiment()
    table = moments_table(
        *(rows(open_ended, day) for day in (1, 7, 8, 14)), *(rows(windowed, day) for day in (8, 14))
    )
    found = histories(experiment, {"late": "mean", "clicks": "mean"}, table)
    assert found["late"].start_day == 7
    assert found["clicks"].start_day == 0
