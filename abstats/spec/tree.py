"""YAML text as plain values, with the line of every key and without YAML 1.1's surprises.

Scalars follow the core schema of YAML 1.2: `on`, `off`, `yes` and `no` are text, `1e-3` is a
number, `1:30` is text; a date stays text until the spec reads it as one. Keys are always text, as
they are written. Where the spec wants text a scalar is text as it is written: `control: 1` names
the variant declared as `1: 0.5`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import yaml

from abstats.spec.problems import Problem, key_path, shown
from abstats.spec.shape import Keys
from abstats.spec.source import Path

MOST_NODES = 10_000
"""A spec has dozens of values; aliases within aliases can make billions from a few lines."""

CORE_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))
"""Tags that a node has when none is written; BaseLoader gives no others."""

# Numbers of up to 18 digits: Python refuses to read very long ones.
INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")
SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass
class Tree:
    """A read YAML text.

    Attributes:
        value: Its dicts, lists and scalars; None for an empty text or one that cannot be read.
        lines: The line of each path, counted from 1.
        problems: What could not be read.
    """

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_tree(text: str, file: str, texts: Collection[Keys]) -> Tree:
    """Read one YAML document; whatever is wrong with it ends up in the problems.

    Args:
        text: The YAML.
        file: Its name in problems.
        texts: Paths, without positions in lists, where every scalar is text.
    """
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        builder = _Builder(file, texts)
        if node is not None:
            builder.tree.value = builder.build(node, ())
        return builder.tree
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = file if mark is None else f"{file}:{mark.line + 1}"
        what = error.problem or error.context or "it cannot be read"
        return _unreadable(place, what)
    except RecursionError:
        return _unreadable(file, "it is nested too deeply")
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets some errors of Python through, for example for "\UFFFFFFFF".
        return _unreadable(file, str(error).splitlines()[0] if str(error) else "it cannot be read")


class _Builder:
    def __init__(self, file: str, texts: Collection[Keys]) -> None:
        self.file = file
        self.texts = texts
        self.tree = Tree()
        self.count = 0
        self.open_nodes: set[int] = set()

    def build(self, node: yaml.Node, path: Path) -> object:
        self.count += 1
        if self.count > MOST_NODES:
            raise ValueError(f"it has more than {MOST_NODES} values")
        if id(node) in self.open_nodes:
            raise ValueError("an alias (*) stands inside of what it names")
        self.tree.lines.setdefault(path, _line(node))
        if node.tag not in CORE_TAGS:
            self._refuse(node, path, f"has the tag {shown(node.tag)}", "a spec has no tags")
        self.open_nodes.add(id(node))
        value: object
        if isinstance(node, yaml.MappingNode):
            value = self._mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            value = [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
        elif isinstance(node, yaml.ScalarNode):
            value = self._scalar(node, path)
        else:
            raise TypeError(f"{type(node)} is no node of YAML's")
        self.open_nodes.discard(id(node))
        return value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, path, "has a list or mapping as a key", "a key is text")
                continue
            key = key_node.value
            below = (*path, key)
            if key in mapping:
                first = self.tree.lines[below]
                rule = f"a key stands once; line {first} has it too"
                self._refuse(key_node, below, "is there twice", rule)
                continue
            self.tree.lines[below] = _line(key_node)
            mapping[key] = self.build(value_node, below)
        return mapping

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        text: str = node.value
        if node.style is not None:
            return text
        if text in NULLS:
            return None
        keys = tuple(part for part in path if isinstance(part, str))
        return text if keys in self.texts else _plain(text)

    def _refuse(self, node: yaml.Node, path: Path, message: str, rule: str) -> None:
        place = f"{self.file}:{_line(node)}"
        self.tree.problems.append(Problem(place, key_path(path), message, rule))


def _plain(text: str) -> object:
    if text in TRUTHS:
        return TRUTHS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if REAL.fullmatch(text):
        return float(text)
    if SPECIAL.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1


def _unreadable(place: str, what: str) -> Tree:
    text = shown(what, 200)[1:-1]
    problem = Problem(place, "", f"cannot be read as YAML: {text}", "must be valid YAML")
    return Tree(problems=[problem])
