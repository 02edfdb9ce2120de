"""Where a spec was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """A file and the lines of its keys. All sources are equal: where it stands changes no spec.

    Attributes:
        file: The file as the report names it; empty for a spec made in code.
        lines: Line of each path of keys, counted from 1; () is the file's first line.
    """

    file: str = field(default="", compare=False)
    lines: Mapping[Path, int] = field(default_factory=dict, compare=False)

    def place(self, path: Path) -> str:
        """The file with the line of `path`, or of the nearest key above it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return f"{self.file}:{self.lines[path[:length]]}"
        return self.file
