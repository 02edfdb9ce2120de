"""Where a planted password is found."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

VARIABLE = "ABSTATS_TEST_PASSWORD"
PLANTED = "pl4nt3d 'p\\w/ö@"
"""A password with what has to be escaped in URLs, connection strings, JSON and Python."""


def _spellings() -> set[str]:
    """The password as a URL, a connection string, JSON, YAML or Python would write it."""
    escaped = PLANTED.replace("\\", "\\\\")
    return {
        PLANTED,
        quote(PLANTED),
        quote_plus(PLANTED),
        json.dumps(PLANTED)[1:-1],
        repr(PLANTED)[1:-1],
        escaped.replace("'", "\\'"),
        "pl4nt3d",
    }


def leaks_in(text: str) -> bool:
    """Whether a text has the password, however it is written."""
    return any(spelling in text for spelling in _spellings())


def files_with_leaks(folders: Iterable[Path]) -> list[Path]:
    """Files below folders that have the password."""
    marks = [spelling.encode() for spelling in _spellings()]
    return [
        file
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file() and any(mark in file.read_bytes() for mark in marks)
    ]


def tables_with_leaks(tables: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """Tables with a value that has the password."""
    return [
        name
        for name, rows in tables.items()
        if any(leaks_in(str(value)) for row in rows for value in row.values())
    ]
