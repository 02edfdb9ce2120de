"""Experiments from a folder of YAML files."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.mentions import Mentions, mentions_in, mentions_of
from abstats.spec.problems import Problem
from abstats.spec.shape import text_paths
from abstats.spec.source import Source
from abstats.spec.translate import found, problems_in
from abstats.spec.tree import read_tree

SUFFIXES = frozenset((".yml", ".yaml"))
TEXTS = text_paths(ExperimentSpec)


@dataclass(frozen=True)
class ExperimentFile:
    """What one file holds.

    Attributes:
        spec: The experiment; None when there are problems.
        problems: Everything wrong with the file.
        mentions: What a file with problems asks of the metrics all the same; else None.
    """

    spec: ExperimentSpec | None = None
    problems: tuple[Problem, ...] = ()
    mentions: Mentions | None = None


def load_experiments(folder: Path) -> tuple[list[ExperimentSpec], list[Problem]]:
    """Every experiment below a folder, one per YAML file, and everything wrong with them.

    Files are named in problems from the folder's own name on ("experiments/x.yml:12").
    An experiment with problems is left out; of two with one name the first file's stays.
    """
    files = load_files(folder)
    problems = [problem for file in files for problem in file.problems]
    return [file.spec for file in files if file.spec is not None], problems


def load_files(folder: Path) -> list[ExperimentFile]:
    """What the YAML files below a folder hold, in the order of their paths."""
    if not folder.is_dir():
        rule = "must be a folder with one YAML file per experiment"
        return [ExperimentFile(problems=(Problem(folder.name, "", "is not a folder", rule),))]
    files: list[ExperimentFile] = []
    first_files: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        file = _load(path, name)
        if file.spec is not None:
            first = first_files.setdefault(file.spec.name, name)
            if first != name:
                file = _second(file.spec, first)
        files.append(file)
    return files


def parse_experiment(text: str, file: str) -> ExperimentFile:
    """One experiment from YAML text; `file` is its name in problems."""
    tree = read_tree(text, file, TEXTS)
    if tree.value is None:
        empty = Problem(file, "", "is empty", "must hold one experiment")
        return ExperimentFile(problems=tuple(tree.problems) or (empty,))
    source = Source(file, tree.lines)
    if not isinstance(tree.value, dict):
        rule = "an experiment is a mapping of keys to values"
        problem = Problem(source.place(()), "", found(tree.value), rule)
        return ExperimentFile(problems=(*tree.problems, problem))
    mentions = mentions_in(tree.value, source)
    try:
        spec = ExperimentSpec.model_validate(tree.value)
    except ValidationError as error:
        problems = (*tree.problems, *problems_in(error, ExperimentSpec, source))
        return ExperimentFile(problems=problems, mentions=mentions)
    if tree.problems:
        return ExperimentFile(problems=tuple(tree.problems), mentions=mentions)
    return ExperimentFile(spec=spec.located(source))


def _second(spec: ExperimentSpec, first: str) -> ExperimentFile:
    rule = f"must be unique; {first} has it too"
    problem = Problem(spec.source.place(("name",)), "name", f"== {spec.name!r}", rule)
    return ExperimentFile(problems=(problem,), mentions=mentions_of(spec))


def _load(path: Path, file: str) -> ExperimentFile:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem(file, "", "is not UTF-8 text", "must be saved as UTF-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = Problem(file, "", f"cannot be opened: {reason}", "must be readable")
    else:
        return parse_experiment(text, file)
    return ExperimentFile(problems=(problem,))
