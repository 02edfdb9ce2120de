"""What engines that are not run here would be sent: it is one statement, and it is as it was."""

import difflib

import pytest

from tests.warehouse.dialect_snapshots import DIALECTS, FOLDER, file_of, snapshots
from tests.warehouse.single_select import is_single_select
from tests.warehouse.statements import STATEMENTS

RENEW = "If this is meant: python -m tests.warehouse.dialect_snapshots"


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_statement_is_a_single_select_and_as_in_its_snapshot(dialect: str) -> None:
    changed = []
    for name, text in snapshots(dialect):
        assert "abstats_placeholder" not in text
        assert is_single_select(text, dialect), f"{name} is no single select of {dialect}"
        file = file_of(dialect, name)
        kept = file.read_text(encoding="utf-8") if file.exists() else ""
        if kept != text:
            lines = difflib.unified_diff(kept.splitlines(), text.splitlines(), file.name, n=1)
            changed.append("\n".join([*lines][:12]))
    assert not changed, "\n\n".join([*changed, RENEW])


def test_there_is_one_snapshot_of_every_statement_and_dialect_and_no_other() -> None:
    expected = {file_of(dialect, name) for dialect in DIALECTS for name in STATEMENTS}
    assert {*FOLDER.rglob("*.txt")} == expected, RENEW


def test_a_dialect_is_that_of_its_engine() -> None:
    """Names are quoted as the engine wants them, which the other engines would refuse."""
    quoted = {
        dialect: "`experiment_id`" in file_of(dialect, "unit_measures").read_text()
        for dialect in DIALECTS
    }
    assert quoted == {"bigquery": True, "databricks": True, "snowflake": False, "trino": False}
