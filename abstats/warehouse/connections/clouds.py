"""From dbt's credentials to the arguments of an Ibis connection, for engines that are not run here.

The mappings are written after the documentation of dbt's adapters and of Ibis and tested on values
alone; nobody has opened such a connection with them. A method of authentication that is not mapped
is refused by name, never guessed.
"""

from collections.abc import Callable
from typing import Any

import ibis
from ibis.backends import BaseBackend

from abstats.warehouse.connections.error import WarehouseError

CLOUDS = ("bigquery", "databricks", "snowflake", "trino")


def connect(credentials: Any) -> BaseBackend:
    """Open a warehouse in the cloud for reading.

    Raises:
        WarehouseError: the way of authentication is not mapped, the driver is not installed, or
            the warehouse refuses.
    """
    engine = credentials.type
    given = arguments(credentials)
    try:
        backend: BaseBackend = getattr(ibis, engine).connect(**given)
    except ImportError as error:
        raise WarehouseError(
            f"the driver of {engine} is not installed: pip install 'ibis-framework[{engine}]'."
        ) from error
    except Exception as error:
        # Each driver has exceptions of its own; none of them is imported where it is not used.
        raise WarehouseError(f"{engine} cannot be opened: {type(error).__name__}.") from None
    return backend


def arguments(credentials: Any) -> dict[str, Any]:
    """Keyword arguments of `ibis.<engine>.connect`.

    Raises:
        WarehouseError: the way of authentication is not mapped.
    """
    return _ARGUMENTS[credentials.type](credentials)


def errors() -> tuple[type[Exception], ...]:
    """Drivers raise what they like, and Ibis passes it on."""
    return (Exception,)


def _snowflake(credentials: Any) -> dict[str, Any]:
    """dbt-snowflake: a password, a key pair, a token, or what the browser says."""
    return _given(
        account=credentials.account,
        user=credentials.user,
        password=_optional(credentials, "password"),
        authenticator=_optional(credentials, "authenticator"),
        token=_optional(credentials, "token"),
        private_key_file=_optional(credentials, "private_key_path"),
        private_key_file_pwd=_optional(credentials, "private_key_passphrase"),
        warehouse=_optional(credentials, "warehouse"),
        role=_optional(credentials, "role"),
        database=f"{credentials.database}/{credentials.schema}",
        # Ibis would otherwise make functions in the schema.
        create_object_udfs=False,
    )


def _bigquery(credentials: Any) -> dict[str, Any]:
    """dbt-bigquery: the credentials of the environment (method oauth)."""
    _require_method(credentials, "oauth")
    return _given(
        project_id=_optional(credentials, "execution_project") or credentials.database,
        dataset_id=f"{credentials.database}.{credentials.schema}",
        location=_optional(credentials, "location"),
        auth_local_webserver=False,
    )


def _databricks(credentials: Any) -> dict[str, Any]:
    """dbt-databricks: a personal access token."""
    if not _optional(credentials, "token"):
        raise WarehouseError(
            "token is missing in the dbt profile: of Databricks only personal access tokens are "
            "mapped. The result tables are ordinary tables: any client shows them."
        )
    return _given(
        server_hostname=credentials.host,
        http_path=credentials.http_path,
        access_token=credentials.token,
        catalog=credentials.database,
        schema=credentials.schema,
    )


def _trino(credentials: Any) -> dict[str, Any]:
    """dbt-trino: nobody's name, or a password (method ldap)."""
    _require_method(credentials, "none", "ldap")
    password = _optional(credentials, "password")
    return _given(
        host=credentials.host,
        port=credentials.port,
        user=credentials.user,
        auth=password if credentials.method == "ldap" else None,
        http_scheme=_optional(credentials, "http_scheme"),
        database=credentials.database,
        schema=credentials.schema,
        source="abstats",
    )


_ARGUMENTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "bigquery": _bigquery,
    "databricks": _databricks,
    "snowflake": _snowflake,
    "trino": _trino,
}


def _require_method(credentials: Any, *known: str) -> None:
    method = getattr(credentials.method, "value", credentials.method)
    if method not in known:
        raise WarehouseError(
            f"method == {method!r} in the dbt profile, of {credentials.type} must be "
            f"{' or '.join(known)} for abstats to read results. The result tables are ordinary "
            "tables: any client shows them."
        )


def _optional(credentials: Any, name: str) -> Any:
    return getattr(credentials, name, None)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
