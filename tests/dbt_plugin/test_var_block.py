"""Vars that nobody reads are refused."""

from pathlib import Path

import pytest
import yaml

from abstats.dbt_plugin.var_block import VARS, unknown_vars
from tests.conftest import REPOSITORY


def test_the_known_vars_are_those_of_the_dbt_package() -> None:
    declared = yaml.safe_load((REPOSITORY / "dbt_project/dbt_project.yml").read_text())
    assert sorted(declared["vars"]["abstats"]) == sorted(VARS)


def test_the_page_on_vars_has_each_of_them() -> None:
    page = (REPOSITORY / "docs/reference/vars.md").read_text()
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(VARS)


@pytest.mark.parametrize("file", ["dbt_project.yml", "vars.yml"])
def test_a_misspelt_var_is_told_with_its_line_as_dbt_ignores_it(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text(
        "vars:\n  other: 1\n  abstats:\n    facts: [x]\n    minimum_cell_sizes: 50\n"
    )
    (problem,) = unknown_vars(tmp_path)
    assert problem.file == f"{file}:5"
    assert str(problem).startswith("vars.abstats.minimum_cell_sizes is not a known var, must be ")
    assert str(problem).endswith("Did you mean 'minimum_cell_size'?")


@pytest.mark.parametrize("text", ["", "name: x\n", "vars: 3\n", "vars:\n  abstats:\n", "a: [\n"])
def test_a_file_without_the_block_has_no_unknown_vars(tmp_path: Path, text: str) -> None:
    (tmp_path / "dbt_project.yml").write_text(text)
    assert unknown_vars(tmp_path) == []


def test_vars_of_other_packages_are_theirs(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text(
        'vars:\n  mine: "{{ 1 }}"\n  abstats: {facts: [x]}\n  dbt_utils: {minimum_cell_sizes: 1}\n'
    )
    assert unknown_vars(tmp_path) == []


def test_keys_that_are_merged_from_another_mapping_are_no_unknown_vars(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text(
        "vars:\n  shared: &shared {facts: [x]}\n  abstats:\n    <<: *shared\n    time_zone: UTC\n"
    )
    assert unknown_vars(tmp_path) == []
