"""Numbers: the digits that the standard error supports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.cli.show import numbers
from abstats.cli.show.rows import MetricRow


def metric(**changes):
    return MetricRow(
        **{
            "metric_name": "m",
            "kind": "mean",
            "label": "m",
            "unit": None,
            "format": None,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("number", "std_error", "shown"),
    [
        (412.3456, 1.9, "412.3"),
        (412.3456, 19, "412"),
        (1234567.8, 900, "1,234,568"),
        (0.0123456, 0.0004, "0.01235"),
        (0.0, 0.0, "0"),
        (12.0, None, "12.0"),
        (None, 1.0, "–"),
    ],
)
def test_a_mean_shows_two_digits_of_its_standard_error(number, std_error, shown):
    assert numbers.value(number, std_error, metric()) == shown


def test_formats_show_percent_and_cents():
    assert numbers.value(0.04521, 0.0012, metric(format="percent")) == "4.52 %"
    assert numbers.value(0.04521, 0.0012, metric(kind="proportion")) == "4.52 %"
    assert numbers.value(0.04521, 0.0012, metric(kind="proportion", format="number")) == "0.0452"
    assert numbers.value(1.22345, 0.002, metric(format="currency")) == "1.22"
    assert numbers.value(0.0012, 0.0001, metric(format="currency")) == "0.00120"
    assert numbers.change(0.0039, 0.0012, metric(format="percent")) == "+0.39 pp"
    assert numbers.change(-1.5, 0.5, metric()) == "-1.50"


def test_a_relative_effect_has_at_most_two_decimals():
    assert numbers.percent(0.0425, 0.013) == "+4.2 %"
    assert numbers.percent(0.25, 0.12) == "+25 %"
    assert numbers.percent(-0.000123, 0.00001) == "-0.01 %"


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (None, "–"),
        (1e-30, "<0.001"),
        (0.0123, "0.012"),
        (0.05, "0.050"),
        (0.0501, "0.0501"),
        (0.04996, "0.050"),
        (0.05004, "0.05004"),
        (1.0, "1.000"),
    ],
)
def test_a_p_value_has_three_decimals_or_as_many_as_alpha_asks(p, shown):
    assert numbers.p_value(p, 0.05) == shown


@given(st.floats(0.001, 1), st.sampled_from([0.01, 0.05, 0.1]))
def test_a_p_value_is_shown_on_its_side_of_alpha(p, alpha):
    if abs(p - alpha) > 1e-5:
        assert (float(numbers.p_value(p, alpha)) <= alpha) == (p <= alpha)
