"""Arguments of connections that nobody opens here."""

import traceback
from types import SimpleNamespace

import pytest

from abstats.warehouse.connections import WarehouseError, connect_read_only
from abstats.warehouse.connections.clouds import CLOUDS, arguments


def test_snowflake_has_its_schema_within_the_database():
    given = arguments(
        SimpleNamespace(
            type="snowflake",
            account="acme-1",
            user="builder",
            password="s3cret",
            authenticator=None,
            warehouse="small",
            role="reader",
            database="analytics",
            schema="experiments",
        )
    )
    assert given == {
        "account": "acme-1",
        "user": "builder",
        "password": "s3cret",
        "warehouse": "small",
        "role": "reader",
        "database": "analytics/experiments",
        "create_object_udfs": False,
    }


def test_bigquery_runs_in_one_project_and_reads_another():
    given = arguments(
        SimpleNamespace(
            type="bigquery",
            method=SimpleNamespace(value="oauth"),
            database="data",
            execution_project="billing",
            schema="experiments",
            location="EU",
        )
    )
    assert given == {
        "project_id": "billing",
        "dataset_id": "data.experiments",
        "location": "EU",
        "auth_local_webserver": False,
    }


def test_databricks_has_a_token():
    profile = {"host": "x.cloud", "http_path": "/sql/1", "database": "main", "schema": "exp"}
    given = arguments(SimpleNamespace(type="databricks", token="dapi1", **profile))
    assert given == {
        "server_hostname": "x.cloud",
        "http_path": "/sql/1",
        "access_token": "dapi1",
        "catalog": "main",
        "schema": "exp",
    }
    with pytest.raises(WarehouseError, match="token is missing"):
        arguments(SimpleNamespace(type="databricks", token=None, **profile))


@pytest.mark.parametrize(("method", "auth"), [("none", None), ("ldap", "s3cret")])
def test_trino_sends_a_password_only_where_its_method_has_one(method, auth):
    given = arguments(
        SimpleNamespace(
            type="trino",
            method=method,
            host="trino.acme",
            port=8443,
            user="ada",
            password="s3cret",
            http_scheme="https",
            database="hive",
            schema="exp",
        )
    )
    assert given.get("auth") == auth
    assert (given["host"], given["port"], given["user"]) == ("trino.acme", 8443, "ada")
    assert (given["database"], given["schema"], given["http_scheme"]) == ("hive", "exp", "https")


@pytest.mark.parametrize(
    ("adapter", "method"), [("bigquery", "service-account"), ("trino", "kerberos")]
)
def test_a_way_of_authentication_that_is_not_mapped_is_refused(adapter, method):
    profile = SimpleNamespace(type=adapter, method=method, database="d", schema="s")
    with pytest.raises(WarehouseError, match=f"method == '{method}'"):
        connect_read_only(profile)


SECRETS = {
    "bigquery": {"method": "oauth"},
    "databricks": {"host": "h", "http_path": "/sql", "token": "planted"},
    "snowflake": {
        "account": "a",
        "user": "u",
        "password": "planted",
        "token": "planted",
        "private_key_passphrase": "planted",
    },
    "trino": {"method": "ldap", "host": "h", "port": 1, "user": "u", "password": "planted"},
}


@pytest.mark.parametrize("adapter", CLOUDS)
def test_what_a_driver_says_of_a_password_is_not_repeated(monkeypatch, adapter):
    def refuse(**given):
        raise RuntimeError(f"cannot log in with {given}" + " and plan" + "ted")

    installed = SimpleNamespace(**{adapter: SimpleNamespace(connect=refuse)})
    monkeypatch.setattr("abstats.warehouse.connections.clouds.ibis", installed)
    profile = {"type": adapter, "database": "d", "schema": "s", **SECRETS[adapter]}
    with pytest.raises(WarehouseError) as raised:
        connect_read_only(SimpleNamespace(**profile))
    said = "".join(traceback.format_exception(raised.value))
    assert adapter in said
    assert "planted" not in said


@pytest.mark.parametrize("adapter", ["bigquery", "trino"])
def test_a_method_that_is_refused_is_told_without_the_password(adapter):
    secrets = {"method": "other", "password": "planted", "keyfile_json": "planted"}
    profile = {"type": adapter, "database": "d", "schema": "s", **secrets}
    with pytest.raises(WarehouseError) as raised:
        connect_read_only(SimpleNamespace(**profile))
    assert "planted" not in str(raised.value)
