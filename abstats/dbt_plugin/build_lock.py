"""One build of a schema at a time on Postgres: an advisory lock, held until dbt ends.

dbt commits model by model, so two builds at once would read each other's half of the tables. The
lock belongs to a connection of dbt's own manager that a thread of ours keeps open. dbt closes it
when the invocation ends, and the server when the process ends, however it does.

Every model takes a second, shared lock for the length of its transaction. Who has the first lock
and finds somebody with the second has found what a killed build left behind, and ends it.
"""

import threading
import time
from typing import Any

from dbt.adapters.factory import get_adapter_by_type
from dbt_common.exceptions import DbtRuntimeError

WAIT_SECONDS = 10.0
"""A killed build's connections are gone by then; a build that lives takes longer."""

_TRY = "select pg_try_advisory_lock(hashtext('abstats'), hashtext(%s))"
_HOLDERS = """
select activity.pid, activity.application_name, activity.client_addr, activity.backend_start
from pg_locks as locks
inner join pg_stat_activity as activity on locks.pid = activity.pid
where locks.locktype = 'advisory' and locks.granted
    and locks.classid = (hashtext(%s)::bigint & 4294967295)::oid
    and locks.objid = (hashtext(%s)::bigint & 4294967295)::oid
    and locks.database = (select oid from pg_database where datname = current_database())
"""
_BUILD, _MODEL = "abstats", "abstats model"
"""First keys of the two locks; the macro `build_lock` takes the second one."""


class _Invocation:
    """The lock in one invocation of dbt: the connection that holds it, or why there is none."""

    def __init__(self) -> None:
        self.handle: Any = None
        self.refusal: str | None = None
        self.is_over = threading.Event()


_guard = threading.Lock()
_invocation = _Invocation()


def begin_invocation() -> None:
    """Forget what an earlier invocation of dbt in this process was told; its lock is free."""
    global _invocation
    with _guard:
        before, _invocation = _invocation, _Invocation()
    before.is_over.set()


def hold_build_lock(schema: str) -> None:
    """Take the lock of a schema for the rest of this invocation of dbt, if it is not held yet.

    Raises:
        DbtRuntimeError: another build holds it (the message names its process), or the
            connection that held it is gone.
    """
    with _guard:
        if _invocation.handle is None and _invocation.refusal is None:
            _take(_invocation, schema)
        if _invocation.refusal is None and not _is_alive(_invocation.handle):
            _invocation.refusal = (
                f"The connection that held the lock of schema {schema!r} was closed by the server, "
                "so another build may begin: this one stops. Run again."
            )
        if _invocation.refusal is not None:
            raise DbtRuntimeError(_invocation.refusal)


def _take(invocation: _Invocation, schema: str) -> None:
    decided = threading.Event()

    def keep() -> None:
        try:
            adapter: Any = get_adapter_by_type("postgres")  # type: ignore[no-untyped-call]
            connections = adapter.connections
            connections.set_connection_name("abstats_build_lock")
            handle = connections.get_thread_connection().handle
            handle.autocommit = True
            invocation.refusal = _refusal(handle, schema)
            if invocation.refusal is None:
                invocation.handle = handle
        except Exception as error:
            invocation.refusal = f"The lock of schema {schema!r} cannot be asked for: {error}"
        finally:
            decided.set()
        # dbt knows a connection by its thread, and another thread could get this one's number.
        invocation.is_over.wait()

    threading.Thread(target=keep, name="abstats_build_lock", daemon=True).start()
    decided.wait()


def _is_alive(handle: Any) -> bool:
    try:
        with handle.cursor() as cursor:
            cursor.execute("select 1")
    except Exception:  # whatever the driver says of a connection that is gone
        return False
    return True


def _refusal(handle: Any, schema: str) -> str | None:
    """Wait for the lock; None when it was granted, else who has it."""
    until = time.monotonic() + WAIT_SECONDS
    with handle.cursor() as cursor:
        while True:
            cursor.execute(_TRY, (schema,))
            if cursor.fetchone()[0]:
                return _refusal_by_what_is_left(cursor, schema)
            if time.monotonic() > until:
                break
            time.sleep(0.5)
        cursor.execute(_HOLDERS, (_BUILD, schema))
        holder = cursor.fetchone()
    if holder is None:
        return f"schema == {schema!r} was being built by another dbt until now. Run again."
    return (
        f"schema == {schema!r} is being built by another dbt: {_told(holder)}. "
        "Two builds at once would mix their tables: wait until it has finished, or end it, then "
        "run again."
    )


def _refusal_by_what_is_left(cursor: Any, schema: str) -> str | None:
    """End the models of a build that has lost its lock; None when they are gone."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        cursor.execute(_HOLDERS, (_MODEL, schema))
        left = cursor.fetchall()
        if not left:
            return None
        if time.monotonic() > until:
            return (
                f"schema == {schema!r} is still written by what a killed build left: "
                f"{_told(left[0])}. It does not end: end it, then run again."
            )
        for process, *_ in left:
            _end(cursor, process)
        time.sleep(0.2)


def _end(cursor: Any, process: int) -> None:
    import psycopg2

    try:
        cursor.execute("select pg_terminate_backend(%s)", (process,))
    except psycopg2.errors.InsufficientPrivilege:
        # Of another role: the server ends it when it sees that its client is gone.
        return


def _told(holder: tuple[Any, ...]) -> str:
    process, program, address, since = holder
    if since is None:
        # Postgres tells a role no more of the processes of others.
        return f"server process {process} of another role"
    return (
        f"server process {process} ({program}{f' from {address}' if address else ''}), "
        f"connected since {since:%Y-%m-%d %H:%M:%S %Z}"
    )
