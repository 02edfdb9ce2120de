"""Experiments from a folder of YAML files."""

from pathlib import Path

from pydantic import ValidationError

from abstats.spec.experiment import ExperimentSpec
from abstats.spec.problems import Problem
from abstats.spec.shape import text_paths
from abstats.spec.source import Source
from abstats.spec.translate import found, problems_in
from abstats.spec.tree import read_tree

SUFFIXES = frozenset((".yml", ".yaml"))
TEXTS = text_paths(ExperimentSpec)


def load_experiments(folder: Path) -> tuple[list[ExperimentSpec], list[Problem]]:
    """Every experiment below a folder, one per YAML file, and everything wrong with them.

    Files are named in problems from the folder's own name on ("experiments/x.yml:12").
    An experiment with problems is left out; of two with one name the first file's stays.
    """
    if not folder.is_dir():
        rule = "must be a folder with one YAML file per experiment"
        return [], [Problem(folder.name, "", "is not a folder", rule)]
    experiments: dict[str, ExperimentSpec] = {}
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        file = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        spec, found_problems = _load(path, file)
        problems += found_problems
        if spec is None:
            continue
        first = experiments.setdefault(spec.name, spec)
        if first is not spec:
            rule = f"must be unique; {first.source.file} has it too"
            place = spec.source.place(("name",))
            problems.append(Problem(place, "name", f"== {spec.name!r}", rule))
    return list(experiments.values()), problems


def parse_experiment(text: str, file: str) -> tuple[ExperimentSpec | None, list[Problem]]:
    """One experiment from YAML text; None when there are problems."""
    tree = read_tree(text, file, TEXTS)
    if tree.value is None:
        rule = "must hold one experiment"
        return None, tree.problems or [Problem(file, "", "is empty", rule)]
    source = Source(file, tree.lines)
    if not isinstance(tree.value, dict):
        rule = "an experiment is a mapping of keys to values"
        problem = Problem(source.place(()), "", found(tree.value), rule)
        return None, [*tree.problems, problem]
    try:
        spec = ExperimentSpec.model_validate(tree.value)
    except ValidationError as error:
        return None, [*tree.problems, *problems_in(error, ExperimentSpec, source)]
    return (None if tree.problems else spec.located(source)), tree.problems


def _load(path: Path, file: str) -> tuple[ExperimentSpec | None, list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return None, [Problem(file, "", "is not UTF-8 text", "must be saved as UTF-8")]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, [Problem(file, "", f"cannot be opened: {reason}", "must be readable")]
    return parse_experiment(text, file)
