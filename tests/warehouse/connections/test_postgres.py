"""What a Postgres refuses, in our words."""

from types import SimpleNamespace

import pytest

from abstats.warehouse.connections.postgres import explained

CREDENTIALS = SimpleNamespace(
    host="db", user="builder", role=None, schema="analytics", password="planted"
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            "permission denied for database shop",
            "user == 'builder' may not create schema 'analytics': let an administrator run "
            '`create schema "analytics" authorization "builder"`.',
        ),
        (
            "permission denied for schema analytics\nLINE 1: create table",
            "user == 'builder' may not create tables in schema 'analytics': "
            '`grant usage, create on schema "analytics" to "builder"`.',
        ),
        (
            "permission denied for schema raw",
            "user == 'builder' may not use schema 'raw': "
            '`grant usage on schema "raw" to "builder"`',
        ),
        ("permission denied for table orders", "may not read or write table 'orders'"),
        ("server closed the connection unexpectedly", "host == 'db': the connection ended"),
        ("terminating connection due to administrator command", "run again when the server is"),
        ("could not extend file: No space left on device", "host == 'db': its disk is full."),
        ("cannot execute CREATE TABLE in a read-only transaction", "it only reads (a standby"),
        ("must be owner of table dim_metrics", "belongs to another role"),
    ],
)
def test_what_is_refused_is_told_with_what_helps_and_without_the_password(error, said):
    told = explained(CREDENTIALS, error)
    assert told is not None
    assert said in told
    assert told.endswith(error)
    assert "planted" not in told


def test_the_role_of_the_profile_is_the_one_that_needs_the_right():
    credentials = SimpleNamespace(**{**vars(CREDENTIALS), "role": "team"})
    told = explained(credentials, "permission denied for schema analytics")
    assert told is not None
    assert "user == 'team' may not" in told


def test_an_error_that_speaks_for_itself_is_left_alone():
    assert explained(CREDENTIALS, 'column "amuont" does not exist') is None
