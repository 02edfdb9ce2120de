"""`dbt build --empty` gives relations a name of its own: no statement may give them a second."""

import re

import pytest
import sqlglot
from sqlglot.errors import ParseError

from tests.warehouse.declarations import DECLARED
from tests.warehouse.dialect_snapshots import file_of
from tests.warehouse.incremental import FROZEN, MODELS
from tests.warehouse.rendered_models import rendered
from tests.warehouse.statements import STATEMENTS
from tests.warehouse.worlds import FACTS

# Which relations `ref` gives to the statements there.
GIVEN = "exposures|dates|fact_days|exposure_days|unit_days|unit_histories|scales|grids|units"
NAMED_AGAIN = re.compile(rf"\b(from|join) ({GIVEN}|{'|'.join(FACTS)}) as\b", re.IGNORECASE)


@pytest.mark.parametrize("is_incremental", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_models_and_hooks_can_be_read_where_their_relations_are_limited(name, is_incremental):
    both = DECLARED["both"]
    model = rendered(both, name, "2026-01-01", is_incremental=is_incremental, is_empty=True)
    # No declaration here has anything to freeze.
    assert "_dbt_limit_subq_" in model.sql or name in {*FROZEN, "int_experiments_declared"}
    for text in (model.sql, model.config.get("post_hook", "select 1")):
        sqlglot.parse_one(text, read="postgres")


def test_a_relation_that_gets_a_second_name_cannot_be_read():
    with pytest.raises(ParseError):
        sqlglot.parse_one(
            "select * from (select 1 limit 0) _dbt_limit_subq_a as b", read="postgres"
        )


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_statement_gives_a_relation_another_name(name):
    """Of every kind of metric, in the files that hold them."""
    assert not NAMED_AGAIN.findall(file_of("snowflake", name).read_text(encoding="utf-8"))
