"""Whether what dbt parsed last of a project still holds, so that it need not be parsed again.

Parsing is a third of a small build's time. Projects of tests set `partial_parse: false`, since dbt
stumbles over some edited files; a project without edits is safe.
"""

import os
from pathlib import Path

PARSED = "partial_parse.msgpack"


def is_parsed(project: Path, target: Path) -> bool:
    """Whether no file of a project is newer than what dbt parsed into its target folder."""
    parsed = target / PARSED
    if not parsed.exists():
        return False
    since = parsed.stat().st_mtime_ns
    for folder, names, files in os.walk(project):
        names[:] = [name for name in names if name not in ("target", "logs")]
        if any(Path(folder, file).stat().st_mtime_ns > since for file in files):
            return False
    return True
