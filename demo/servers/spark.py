"""A standalone Spark cluster for the demo, from the package pyspark: a master and two workers.

`python demo/servers/spark.py` starts them, each a process of its own that listens on loopback
only, and prints the master's address for `ABSTATS_SPARK_MASTER`; logs are in `.spark/cluster`.
`... stop` stops them. `... start 1` starts one worker.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyspark

FOLDER = Path(".spark/cluster").resolve()
PROCESSES = FOLDER / "processes.json"
HOST, PORT = "127.0.0.1", 7077
MASTER = f"spark://{HOST}:{PORT}"
WORKERS = 2
PATIENCE = 120.0
"""Seconds that the cluster may take to start."""


def main(command: str = "start", workers: str = str(WORKERS)) -> None:
    """Start or stop."""
    if command == "start":
        if not _is_listening():
            _start(int(workers))
        print(MASTER)
    elif command == "stop":
        _stop()
    else:
        sys.exit(f"command == {command!r}, must be start or stop.")


def _start(workers: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    loopback = ["--host", HOST]
    started = [_spawn("master.Master", "master", *loopback, "--port", str(PORT))]
    _wait("the master listens", _is_listening, started)
    for number in range(workers):
        name = f"worker{number}"
        resources = ["--cores", "1", "--memory", "2g", "--work-dir", str(FOLDER / name)]
        started.append(_spawn("worker.Worker", name, *loopback, *resources, MASTER))
    log = FOLDER / "master.log"
    _wait(
        f"{workers} workers are registered",
        lambda: log.read_text().count("Registering worker") >= workers,
        started,
    )


def _spawn(class_: str, name: str, *arguments: str) -> int:
    home = Path(pyspark.__file__).parent
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST}
    command = [
        str(home / "bin" / "spark-class"),
        f"org.apache.spark.deploy.{class_}",
        *("--webui-port", "0"),
        *arguments,
    ]
    with (FOLDER / f"{name}.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command line
            command, stdout=log, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )
    known = json.loads(PROCESSES.read_text()) if PROCESSES.exists() else []
    PROCESSES.write_text(json.dumps([*known, process.pid]))
    return process.pid


def _wait(what: str, is_done: Callable[[], bool], started: list[int]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > until or not all(map(_is_alive, started)):
            _stop()
            sys.exit(f"Spark did not start: not true that {what}. Logs are in {FOLDER}.")
        time.sleep(0.2)


def _stop() -> None:
    """End the processes that this script started, and no other that has got a number of theirs."""
    if not PROCESSES.exists():
        return
    processes = json.loads(PROCESSES.read_text())
    for process in reversed(processes):
        if _is_ours(process):
            os.kill(process, signal.SIGTERM)
    PROCESSES.unlink()
    # A master that is ending still listens, and the next start would take it for one that runs.
    until = time.monotonic() + PATIENCE
    while any(map(_is_ours, processes)) and time.monotonic() < until:
        time.sleep(0.2)


def _is_ours(process: int) -> bool:
    return _is_alive(process) and b"org.apache.spark.deploy" in _command_line(process)


def _is_alive(process: int) -> bool:
    # One of our own children that has ended is a zombie until it is waited for.
    with suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _command_line(process: int) -> bytes:
    file = Path(f"/proc/{process}/cmdline")
    return file.read_bytes() if file.exists() else b"org.apache.spark.deploy"


def _is_listening() -> bool:
    with socket.socket() as client:
        client.settimeout(1.0)
        return client.connect_ex((HOST, PORT)) == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
