"""Adds to a YAML file as text, so that comments and layout stay.

An edit counts only where it is sure to be right: the new text is parsed again and must hold what
the file held plus the addition, nothing else.
"""

from textwrap import indent
from typing import Any

import yaml

INDENT = "  "


class UneditableError(Exception):
    """The file is written in a way that is not edited safely; the user has to do it."""


def with_block(text: str, parent: str | None, block: str) -> str:
    """The text with a block of keys under a top-level key, or at top level.

    Args:
        text: YAML of a mapping.
        parent: The top-level key, made where it is missing; None for the top level itself.
        block: YAML of a mapping with keys that are not there yet, not indented.

    Raises:
        UneditableError: The parent is not written as a plain indented mapping.
    """
    found, addition = yaml.safe_load(text) or {}, yaml.safe_load(block)
    if parent is None or parent not in found:
        whole = block if parent is None else f"{parent}:\n{indent(block, INDENT)}"
        edited = _appended(text, whole)
    else:
        edited = _inserted(text, _value_of(text, parent), block)
    if parent is None:
        expected = {**found, **addition}
    else:
        expected = {**found, parent: {**(found.get(parent) or {}), **addition}}
    return _verified(edited, expected)


def with_item(text: str, key: str, item: str) -> str:
    """The text with one more item in the list of a top-level key.

    Args:
        text: YAML of a mapping that has the list, not empty.
        key: The top-level key.
        item: YAML of the item, on one line.

    Raises:
        UneditableError: The list is empty, or not written one item a line or between brackets.
    """
    found, addition = yaml.safe_load(text) or {}, yaml.safe_load(item)
    node = _value_of(text, key)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise UneditableError
    if node.flow_style:
        at = node.value[-1].end_mark.index
        expected = [*found[key], addition]
        return _verified(f"{text[:at]}, {item}{text[at:]}", {**found, key: expected})
    # In front: where the last item ends is less sure (comments, block scalars).
    dash = text.rindex("-", 0, node.value[0].start_mark.index)
    at = text.rindex("\n", 0, dash) + 1
    line = f"{text[at:dash]}- {item}{_newline(text)}"
    return _verified(text[:at] + line + text[at:], {**found, key: [addition, *found[key]]})


def _value_of(text: str, key: str) -> yaml.Node:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs: list[tuple[yaml.Node, yaml.Node]] = getattr(root, "value", [])
    for name, value in pairs:
        if name.value == key:
            return value
    raise UneditableError


def _inserted(text: str, node: yaml.Node, block: str) -> str:
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        first = node.value[0][0].start_mark
        at = first.index - first.column
        return text[:at] + _native(text, indent(block, " " * first.column)) + text[at:]
    if isinstance(node, yaml.ScalarNode) and node.value == "":
        at = text.find("\n", node.start_mark.index) + 1
        if at:
            return text[:at] + _native(text, indent(block, INDENT)) + text[at:]
    raise UneditableError


def _appended(text: str, block: str) -> str:
    gap = "" if not text or text.endswith("\n") else "\n"
    return text + _native(text, f"{gap}\n{block}" if text.strip() else block)


def _native(text: str, addition: str) -> str:
    return addition.replace("\n", _newline(text))


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _verified(text: str, expected: dict[str, Any]) -> str:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UneditableError from error
    if found != expected:
        raise UneditableError
    return text
