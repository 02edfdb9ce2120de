"""YAML is edited as text: comments stay, the meaning is the old one plus the addition."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from abstats.cli.init.yaml_edit import UneditableError, with_block, with_item

BLOCK = "abstats:\n  # why\n  facts: [a]\n"
ADDITION = {"abstats": {"facts": ["a"]}}

NAMES = st.text("abcxyz_", min_size=1, max_size=6).filter(lambda name: name != "abstats")
VALUES = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.text("ab: #-'\"{}", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "text",
    [
        "name: shop\n",
        "name: shop",  # no line end
        "# only a comment\n",
        "",
        "vars:\n  other: 1 # mine\n",
        "vars:\n    other: 1\n    more: {a: b}\n",
        "vars:\n\n  # about other\n  other: 1\nname: shop\n",
        "vars:\nname: shop\n",
        "vars: # none yet\nname: shop\n",
        "name: shop\r\nvars:\r\n  other: 1\r\n",
        "---\nvars:\n  other: |\n    text\n    more\n",
    ],
)
def test_a_block_is_added_and_every_line_stays(text):
    edited = with_block(text, "vars", BLOCK)
    before = yaml.safe_load(text) or {}
    assert yaml.safe_load(edited) == {**before, "vars": {**(before.get("vars") or {}), **ADDITION}}
    kept = iter(edited.splitlines())
    assert all(line in kept for line in text.splitlines())
    assert "# why" in edited
    assert ("\r\n" in text) == ("\r\n" in edited)
    assert "\r\n" not in text or edited.count("\n") == edited.count("\r\n")


@pytest.mark.parametrize(
    "text", ["vars: {other: 1}\n", "vars: {}\n", "vars: [1]\n", "{vars: {}}\n"]
)
def test_what_is_not_an_indented_mapping_is_left_alone(text):
    with pytest.raises(UneditableError):
        with_block(text, "vars", BLOCK)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.booleans())
def test_an_edit_adds_nothing_else_or_is_refused(found, flow):
    text = yaml.safe_dump(found, default_flow_style=flow)
    for parent in ("vars", next(iter(found), "vars")):
        try:
            edited = with_block(text, parent, BLOCK)
        except UneditableError:
            continue
        expected = {**found, parent: {**(found.get(parent) or {}), **ADDITION}}
        assert yaml.safe_load(edited) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('paths: ["models"]\n', 'paths: ["models", "metrics"]\n'),
        ("paths: [models] # mine\n", 'paths: [models, "metrics"] # mine\n'),
        ("paths:\n  - models\n", 'paths:\n  - "metrics"\n  - models\n'),
        ("paths:\n- models\n# end\n", 'paths:\n- "metrics"\n- models\n# end\n'),
    ],
)
def test_an_item_is_added_in_the_style_of_the_list(text, expected):
    assert with_item(text, "paths", '"metrics"') == expected


@pytest.mark.parametrize("text", ["paths: []\n", "paths: models\n", "name: shop\n", "paths:\n"])
def test_what_is_no_list_with_items_is_left_alone(text):
    with pytest.raises(UneditableError):
        with_item(text, "paths", "metrics")
