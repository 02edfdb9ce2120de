"""One build of a schema at a time on Postgres: an advisory lock, held until dbt ends.

dbt commits model by model, so two builds at once would read each other's half of the tables. The
lock belongs to a connection of dbt's own manager that a thread of ours keeps open; it goes with
the process, however that ends.
"""

import threading
import time
from typing import Any

from dbt.adapters.factory import get_adapter_by_type
from dbt_common.exceptions import DbtRuntimeError

WAIT_SECONDS = 10.0
"""A killed build's connections are gone by then; a build that lives takes longer."""

_TRY = "select pg_try_advisory_lock(hashtext('abstats'), hashtext(%s))"
_HOLDER = """
select activity.pid, activity.application_name, activity.client_addr, activity.backend_start
from pg_locks as locks
inner join pg_stat_activity as activity on locks.pid = activity.pid
where locks.locktype = 'advisory' and locks.granted
    and locks.classid = (hashtext('abstats')::bigint & 4294967295)::oid
    and locks.objid = (hashtext(%s)::bigint & 4294967295)::oid
    and locks.database = (select oid from pg_database where datname = current_database())
"""


class _Held:
    """The lock of this process: the connection that holds it, or why there is none."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.handle: Any = None
        self.refusal: str | None = None


_held = _Held()


def hold_build_lock(schema: str) -> None:
    """Take the lock of a schema for the rest of this invocation of dbt, if it is not held yet.

    Raises:
        DbtRuntimeError: another build holds it; the message names its process.
    """
    with _held.guard:
        if _held.handle is not None and not _held.handle.closed:
            return
        if _held.refusal is None:
            _take(schema)
        if _held.refusal is not None:
            raise DbtRuntimeError(_held.refusal)


def _take(schema: str) -> None:
    decided = threading.Event()

    def keep() -> None:
        try:
            adapter: Any = get_adapter_by_type("postgres")  # type: ignore[no-untyped-call]
            connections = adapter.connections
            connections.set_connection_name("abstats_build_lock")
            handle = connections.get_thread_connection().handle
            handle.autocommit = True
            _held.refusal = _refusal(handle, schema)
            if _held.refusal is None:
                _held.handle = handle
        except Exception as error:
            _held.refusal = f"The lock of schema {schema} cannot be asked for: {error}"
        finally:
            decided.set()
        # dbt knows a connection by its thread, and another thread could get this one's number.
        threading.Event().wait()

    threading.Thread(target=keep, name="abstats_build_lock", daemon=True).start()
    decided.wait()


def _refusal(handle: Any, schema: str) -> str | None:
    """Wait for the lock; None when it was granted, else who has it."""
    until = time.monotonic() + WAIT_SECONDS
    with handle.cursor() as cursor:
        while True:
            cursor.execute(_TRY, (schema,))
            if cursor.fetchone()[0]:
                return None
            if time.monotonic() > until:
                break
            time.sleep(0.5)
        cursor.execute(_HOLDER, (schema,))
        holder = cursor.fetchone()
    if holder is None:
        return f"schema == {schema!r} was being built by another dbt until now. Run again."
    return (
        f"schema == {schema!r} is being built by another dbt: {_told(holder)}. "
        "Two builds at once would mix their tables: wait until it has finished, or end it, then "
        "run again."
    )


def _told(holder: tuple[Any, ...]) -> str:
    process, program, address, since = holder
    if since is None:
        # Postgres tells a role no more of the processes of others.
        return f"server process {process} of another role"
    return (
        f"server process {process} ({program}{f' from {address}' if address else ''}), "
        f"connected since {since:%Y-%m-%d %H:%M:%S %Z}"
    )
