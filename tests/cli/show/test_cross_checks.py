"""Cross-checks on the page of `abstats show`."""

import json

import pytest

from tests.cli import warehouse

DIFFERS = {"is_in_agreement": False, "status_reason": "P is 0.2, not 0.04."}


@pytest.fixture
def show(abstats, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(checks, asked):
        spec = json.loads(warehouse.spec())
        spec["analysis"] = {"cross_checks": asked}
        tables = warehouse.ship() | {"fct_experiment_cross_checks": checks}
        tables["dim_experiments"] = [warehouse.experiment(spec=json.dumps(spec))]
        warehouse.build(tmp_path, tables)
        return abstats("show").stdout

    return run


def test_a_check_that_disagrees_has_a_line_with_its_reason(show):
    nothing = {"is_in_agreement": None, "status": "not_applicable", "status_reason": "A gini."}
    checks = [
        warehouse.cross_check(),
        warehouse.cross_check(method="permutation", **DIFFERS),
        warehouse.cross_check("gini", **nothing),
    ]
    shown = show(checks, {"bootstrap": 1000, "permutation": 1000})
    assert "Cross-checks  1 of 2 disagree\n" in shown
    assert "  ctr, treatment against control, permutation: P is 0.2, not 0.04." in shown


def test_checks_that_agree_take_no_room(show):
    assert "Cross-checks" not in show([warehouse.cross_check()], {"bootstrap": 1000})


def test_the_table_is_not_read_where_nobody_asks(show):
    assert "Cross-checks" not in show([warehouse.cross_check(**DIFFERS)], None)
