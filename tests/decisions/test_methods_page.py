"""The page on health and verdicts names every check, rule and bound there is."""

import re
from pathlib import Path

import pytest

from abstats.decisions import interim, rules
from abstats.decisions.check import FAIL_P, WARN_P
from abstats.decisions.checks import CHECKS, crossover, freshness, variants

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "methods" / "health-and-verdicts.md").read_text()


@pytest.mark.parametrize("name", [check.__name__ for check in CHECKS])
def test_every_check_has_a_row(name):
    assert f"| `{name}`" in PAGE


def test_every_rule_of_the_code_has_a_row():
    code = "".join(Path(module.__file__).read_text() for module in (rules, interim))
    verdicts = "KEEP_RUNNING|INCONCLUSIVE|ROLLBACK|SHIP"
    names = set(re.findall(rf'Verdict\((?:{verdicts}), "(\w+)"', code))
    assert len(names) == 15
    for name in {*names, "srm_failed"}:
        assert f"| `{name}`" in PAGE


def test_the_bounds_are_those_of_the_code():
    assert (WARN_P, FAIL_P) == (0.01, 0.001)
    assert (crossover.WARN_SHARE, crossover.FAIL_SHARE) == (0.001, 0.1)
    assert freshness.FAIL_DAYS == 3
    assert variants.MISSING_FAIL_SHARE == 0.01
    for bound in (
        "p < .01 |",
        "p < .001 |",
        "> 0.1 %, or p < .001 | > 10 %",
        "> 0 | > 1 %",
        "| 3 days or more |",
    ):
        assert bound in PAGE
