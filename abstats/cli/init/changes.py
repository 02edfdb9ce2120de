"""What `abstats init` will do to a project, decided before anything is written."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class File:
    """A file to write.

    Attributes:
        path: Where to, relative to the project.
        text: Its whole content, or None where the file stays as it is.
        did: What happens to it: "made", "changed" or "kept".
        note: Why, or what was added.
    """

    path: Path
    text: str | None
    did: str
    note: str = ""


@dataclass(frozen=True)
class Changes:
    """Everything that is done, and what is left to the user.

    Attributes:
        files: Files in the order in which they are told.
        by_hand: Changes that could not be made safely: file and what to add to it.
    """

    files: tuple[File, ...]
    by_hand: tuple[tuple[Path, str], ...] = field(default=())


def write_all(root: Path, files: Sequence[File]) -> None:
    """Write the files, all or none.

    Raises:
        OSError: A file could not be written; those before it are as they were.
    """
    done: list[tuple[Path, bytes | None]] = []
    folders: list[Path] = []
    try:
        for file in files:
            if file.text is None:
                continue
            path = root / file.path
            folders += _made_folders(path.parent)
            done.append((path, path.read_bytes() if path.exists() else None))
            path.write_text(file.text, encoding="utf-8", newline="")
    except BaseException:
        for path, before in reversed(done):
            with suppress(OSError):
                if before is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(before)
        for folder in reversed(folders):
            with suppress(OSError):
                folder.rmdir()
        raise


def _made_folders(folder: Path) -> list[Path]:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()][::-1]
    folder.mkdir(parents=True, exist_ok=True)
    return missing
