"""Credentials of dbt-spark that start no session; tests/engines starts one."""

from types import SimpleNamespace

import pytest

from abstats.warehouse.connections import WarehouseError, connect_read_only
from abstats.warehouse.connections.spark import explained
from abstats.warehouse.transfer import spark as transfer


@pytest.mark.parametrize("method", ["thrift", "odbc", SimpleNamespace(value="http")])
def test_a_method_without_a_session_is_refused_by_name(method: object) -> None:
    with pytest.raises(WarehouseError, match="must be session"):
        connect_read_only(SimpleNamespace(type="spark", method=method))


def test_a_metastore_that_another_process_has_is_told() -> None:
    error = "Unable to instantiate SessionHiveMetaStoreClient: metastore\nat org.apache"
    assert "open to one process at a time" in explained(error)
    assert "at org.apache" not in explained(error)


def test_a_missing_java_is_told() -> None:
    assert "install it or set JAVA_HOME" in explained("[JAVA_GATEWAY_EXITED] Java gateway ...")


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("org.apache.spark.SparkException: Could not parse Master URL: 'local[two]'", "local[two]"),
        (
            "java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.",
            "spark.master == 'spark://here:7077', does not answer",
        ),
    ],
)
def test_a_master_that_is_not_there_is_told(cause: str, told: str) -> None:
    """Before a session is there its errors are those of the bridge to Java."""
    error = f"An error occurred while calling None.org.apache.SparkContext.\n: {cause}\n\tat org"
    found = explained(error, "spark://here:7077")
    assert told in found
    assert "An error occurred" not in found
    assert "\n" not in found


def test_an_error_of_the_bridge_without_a_cause_is_told_as_it_is() -> None:
    assert explained("An error occurred while calling o1.x").endswith("while calling o1.x")


def test_python_models_need_the_session() -> None:
    with pytest.raises(NotImplementedError, match="method `session`"):
        transfer.read_table(SimpleNamespace(), "results")
