"""Numbers and dates read as people write them."""

from datetime import datetime

import pytest

from abstats.decisions import wording


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.5, "p = 0.5000"), (0.00123, "p = 0.0012"), (8e-6, "p = 8.0e-06"), (0.0, "p < 1e-300")],
)
def test_a_p_value_keeps_its_tail(p, words):
    assert wording.p_value(p) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (0.0123456, "0.01235"), (1234567.0, "1,234,567"), (-1e-7, "-1e-07")],
)
def test_a_number_has_four_significant_digits(value, words):
    assert wording.number(value) == words


def test_signs_shares_and_lists():
    assert wording.signed(2.5) == "+2.5"
    assert wording.signed(-2.5) == "-2.5"
    assert wording.percent(0.00652) == "0.652 %"
    assert wording.signed_percent(0.032) == "+3.20 %"
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"


def test_midnight_is_a_day_and_other_times_say_utc():
    assert wording.instant(datetime(2026, 2, 2)) == "2026-02-02"
    assert wording.instant(datetime(2026, 2, 2, 6, 30)) == "2026-02-02 06:30 UTC"
