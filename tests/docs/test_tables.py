"""The page on how it works has every model of the package, and says which are public."""

import re
from typing import Any

import pytest
import yaml

from .pages import ROOT

MODELS = ROOT / "dbt_project" / "models"
# What gives a model its grants; `public_table` has them in its config.
GRANTED = re.compile(r"grants=abstats\.grants_to_readers\(\)|abstats\.public_table\(\)")
PAGE = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "install-into-your-dbt-project.md").read_text(encoding="utf-8")


def models() -> list[dict[str, Any]]:
    """The models as their YAML describes them."""
    return [
        model
        for file in sorted(MODELS.rglob("*.yml"))
        for model in (yaml.safe_load(file.read_text()) or {}).get("models", [])
        if "time_spine" not in model
    ]


def declared() -> dict[str, bool]:
    """Model -> whether it is public."""
    return {model["name"]: model.get("access") == "public" for model in models()}


def rows() -> dict[str, bool]:
    """Model -> whether the page calls it public."""
    found = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (yes|) ?\|", PAGE, re.MULTILINE)
    return {name: public == "yes" for names, public in found for name in re.findall(r"\w+", names)}


def test_every_model_stands_in_the_table_and_no_other():
    assert rows() == declared()


@pytest.mark.parametrize("name", [name for name, public in declared().items() if public])
def test_the_changelog_names_every_public_table(name):
    assert f"`{name}`" in CHANGELOG


def test_the_guide_counts_the_public_tables():
    assert sum(declared().values()) == 12
    assert "Twelve tables are for you" in GUIDE


@pytest.mark.parametrize(
    "model", [m for m in models() if m.get("access") == "public"], ids=lambda m: m["name"]
)
def test_a_public_table_has_no_unit_id_and_is_granted_to_readers(model):
    (file,) = MODELS.rglob(f"{model['name']}.sql")
    assert GRANTED.search(file.read_text())
    assert "unit_id" not in {column["name"] for column in model["columns"]}


def test_tables_with_unit_ids_are_not_granted():
    for file in MODELS.rglob("*.sql"):
        if GRANTED.search(file.read_text()):
            assert declared()[file.stem], file
