"""What is wrong with what people declared, collected and told in one report."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One thing to mend.

    Attributes:
        file: Where it was written, "experiments/x.yml:12" or "experiments/x.yml".
        key: Path of the key, "metrics.primary[0]"; empty when it is the file as a whole.
        message: What is found there, read after the key: "== 'crt'", "is missing".
        rule: What must hold, without a full stop: "must be > 0 and < 1".
        hint: A full sentence that helps, "Did you mean 'ctr'?"; or empty.
    """

    file: str
    key: str
    message: str
    rule: str
    hint: str = ""

    @property
    def path(self) -> str:
        """The file without the line."""
        path, _, line = self.file.rpartition(":")
        return path if path and line.isdecimal() else self.file

    @property
    def line(self) -> int | None:
        """The line, counted from 1, where it is known."""
        line = self.file[len(self.path) + 1 :]
        return int(line) if line else None

    def __str__(self) -> str:
        place = f"{self.key} " if self.key else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}{self.message}, {self.rule}.{hint}"


class SpecError(Exception):
    """Everything that is wrong with the specs of a project.

    `str()` of it is the report: plain text, grouped by file, one line per problem.

    Attributes:
        problems: The problems, in the order of the report.
    """

    problems: tuple[Problem, ...]
    headline = "abstats found {count} in your specs; nothing was built."

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = _in_order(problems)
        super().__init__(_report(self.headline, self.problems))


class DataError(SpecError):
    """Everything in the data that contradicts the specs, told like the mistakes in specs."""

    headline = (
        "abstats found {count} in the data; no public table was written. "
        "Mend it and run `dbt build` again (`dbt retry` would not read the data again)."
    )


def warning_report(warnings: Iterable[Problem]) -> str:
    """Warnings as a report like that of `SpecError`; nothing stops for them."""
    headline = "abstats warns of {count} in your specs; the build goes on."
    return _report(headline, _in_order(warnings))


def nearest(name: str, candidates: Iterable[str]) -> str:
    """The candidate most like `name` as a question: "Did you mean 'ctr'?", or ""."""
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"Did you mean {by_lower[found[0]]!r}?" if found else ""


def shown(value: object, limit: int = 60) -> str:
    """A value as the report shows it: its repr, on one line, cut at `limit`."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def key_path(parts: Iterable[str | int]) -> str:
    """A path of keys and positions as text: ("metrics", "primary", 0) -> "metrics.primary[0]"."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part.isidentifier() and part.isascii():
            path += f".{part}" if path else part
        else:
            path += f"[{shown(part)}]"
    return path


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file and line."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.path, p.line or 0)))


def _report(headline: str, problems: tuple[Problem, ...]) -> str:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = [headline.format(count=count)]
    path = None
    for problem in problems:
        if problem.path != path:
            path = problem.path
            lines += ["", path]
        place = f"line {problem.line}  " if problem.line else ""
        lines.append(f"  {place}{problem}")
    return "\n".join(lines)
