"""No YAML that somebody wrote may run code: no loader of ours builds objects."""

import ast
from pathlib import Path

from tests.conftest import REPOSITORY

SAFE = {"SafeLoader", "CSafeLoader", "BaseLoader"}
# Of PyYAML, what takes a loader, and what has an unsafe one.
WITH_LOADER = {"load", "load_all", "compose", "compose_all", "parse", "scan"}
UNSAFE = {"full_load", "full_load_all", "unsafe_load", "unsafe_load_all"}


def unsafe_calls(source: str) -> list[int]:
    """Lines that load YAML with a loader that is not safe."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if not is_call or not isinstance(node.func.value, ast.Name) or node.func.value.id != "yaml":
            continue
        loaders = [word.value for word in node.keywords if word.arg == "Loader"] + node.args[1:2]
        names = {loader.attr for loader in loaders if isinstance(loader, ast.Attribute)}
        if node.func.attr in UNSAFE or (node.func.attr in WITH_LOADER and not names & SAFE):
            lines.append(node.lineno)
    return lines


def test_every_yaml_is_loaded_safely() -> None:
    folders = ("abstats", "demo", "benchmarks", "dbt_project")
    files = [file for name in folders for file in (REPOSITORY / name).rglob("*.py")]
    found = {str(file): unsafe_calls(file.read_text()) for file in files}
    assert {file: lines for file, lines in found.items() if lines} == {}
    loading = [Path(file) for file in found if "yaml." in Path(file).read_text()]
    assert len(loading) >= 3


def test_an_unsafe_load_would_be_found() -> None:
    assert unsafe_calls("yaml.load(text)") == [1]
    assert unsafe_calls("yaml.load(text, Loader=yaml.FullLoader)") == [1]
    assert unsafe_calls("yaml.unsafe_load(text)") == [1]
    assert unsafe_calls("yaml.compose(text)") == [1]
    assert unsafe_calls("yaml.load(text, yaml.SafeLoader)") == []
    assert unsafe_calls("yaml.safe_load(text)") == []
