"""The pages of the documentation as data: their blocks, commands and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(
    r"(?:^\*\*`(?P<file>[^`]+)`\*\*\n\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_PROGRAM = re.compile(r"(make|abstats|dbt|pip|git|python3?|pytest) [a-z-]")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        section: Heading (`##`) that it stands under.
        language: Language of the fence.
        text: Its content.
        file: Name of the file whose content it is, from the bold line above it; else None.
    """

    section: str
    language: str
    text: str
    file: str | None

    @property
    def commands(self) -> list[str]:
        """Commands of a shell block; one that is quoted over several lines stays one."""
        found: list[str] = []
        for line in self.text.splitlines():
            if found and (found[-1].count('"') % 2 or found[-1].endswith("\\")):
                found[-1] += "\n" + line
            elif line.strip() and not line.startswith("#"):
                found.append(line)
        return found


def pages() -> list[Path]:
    """README and the like, and everything under docs/."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            _section(text[: match.start()]), match["language"], match["text"], match["file"] or None
        )
        for match in _FENCE.finditer(text)
    ]


def commands_in_prose(page: Path) -> set[str]:
    """Commands that a sentence or a table names in a code span."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return {span for span in _CODE_SPAN.findall(prose) if _PROGRAM.match(span)}


def links(page: Path) -> Iterator[str]:
    """Targets of the links in the prose of a page."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return (match[1] for match in re.finditer(r"\]\(([^)\s]+)\)", prose))


def anchors(page: Path) -> set[str]:
    """What a link to a heading of the page may name, as GitHub makes it."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in headings}


def _section(before: str) -> str:
    return next(iter(re.findall(r"^## (.+)$", before, re.MULTILINE)[::-1]), "")
