"""The weights of a composite's expression."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abstats.spec.linear import NotLinearError, weights_of

COEFFICIENTS = st.integers(-1000, 1000).map(lambda n: n / 8).filter(bool)


@pytest.mark.parametrize(
    ("expression", "weights"),
    [
        ("0.2 * minutes + 5 * orders", {"minutes": 0.2, "orders": 5.0}),
        ("minutes - orders", {"minutes": 1.0, "orders": -1.0}),
        ("-(minutes - orders) / 4", {"minutes": -0.25, "orders": 0.25}),
        ("minutes * 1e-3", {"minutes": 0.001}),
        ("2 * (minutes + 3 * orders)", {"minutes": 2.0, "orders": 6.0}),
        ("1 / 4 * minutes", {"minutes": 0.25}),
        ("minutes + minutes", {"minutes": 2.0}),
    ],
)
def test_a_weighted_sum_has_its_weights(expression: str, weights: dict[str, float]) -> None:
    assert weights_of(expression) == weights


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("minutes * orders", "multiplies inputs with each other"),
        ("minutes / orders", "divides by an input"),
        ("1 / minutes", "divides by an input"),
        ("minutes / 0", "divides by 0"),
        ("minutes + 1", "has the constant 1, which changes no effect"),
        ("minutes - minutes", "gives 'minutes' the weight 0"),
        ("0 * minutes", "gives 'minutes' the weight 0"),
        ("ln(minutes)", "has 'LN(minutes)'"),
        ("minutes ^ 2", "has 'minutes ^ 2'"),
        ("case when minutes > 1 then 1 end", "has 'CASE"),
        ("'2' * minutes", "has \"'2'\""),
        ("fct.minutes", "has 'fct.minutes'"),
        ("minutes; orders", "cannot be read"),
        ("minutes +", "cannot be read"),
        ("", "is empty"),
        ("0", "names no input"),
    ],
)
def test_anything_else_is_told(expression: str, reason: str) -> None:
    with pytest.raises(NotLinearError) as caught:
        weights_of(expression)
    assert reason in str(caught.value)


@given(COEFFICIENTS, COEFFICIENTS, st.integers(1, 16))
def test_it_is_the_arithmetic_of_python(a: float, b: float, c: int) -> None:
    text = f"({a} * x + y * {b}) / {c} - x / {c}"
    expected = {"x": (a - 1) / c, "y": b / c}
    if expected["x"] == 0:
        with pytest.raises(NotLinearError):
            weights_of(text)
        return
    assert weights_of(text) == pytest.approx(expected, rel=1e-12)


@given(st.text(max_size=40))
def test_no_text_raises_anything_else(text: str) -> None:
    with suppress(NotLinearError):
        assert all(weights_of(text).values())
