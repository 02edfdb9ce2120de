"""The block `vars: abstats:` as it is written: dbt ignores, without a word, what nobody reads."""

from pathlib import Path

from abstats.dbt_plugin.settings import PACKAGE
from abstats.spec.problems import Problem, nearest
from abstats.spec.source import Source
from abstats.spec.tree import read_tree

VARS = (
    "analysis_date",
    "experiment_exposures",
    "experiments_path",
    "facts",
    "minimum_cell_size",
    "on_unknown_variants",
    "readers",
    "time_spine",
    "time_zone",
    "timeline",
)
"""What the dbt package reads."""

# Brings the keys of another mapping of the file.
_MERGED = "<<"
_FILES = ("dbt_project.yml", "vars.yml")


def unknown_vars(project_root: Path) -> list[Problem]:
    """Vars below `abstats:` that no model reads, such as `minimum_cell_sizes`."""
    problems = []
    for file in _FILES:
        path = project_root / file
        if not path.is_file():
            continue
        tree = read_tree(path.read_text(encoding="utf-8-sig"), file, ())
        block = _at(_at(tree.value, "vars"), PACKAGE)
        if not isinstance(block, dict):
            continue
        source = Source(file, tree.lines)
        rule = f"must be one of {', '.join(VARS)}"
        problems += [
            Problem(
                source.place(("vars", PACKAGE, name)),
                f"vars.{PACKAGE}.{name}",
                "is not a known var",
                rule,
                nearest(name, VARS),
            )
            for name in block
            if name not in (*VARS, _MERGED)
        ]
    return problems


def _at(tree: object, key: str) -> object:
    return tree.get(key) if isinstance(tree, dict) else None
