"""The page on how it works has every model of the package, and says which are public."""

import re

import pytest
import yaml

from .pages import ROOT

MODELS = ROOT / "dbt_project" / "models"
PAGE = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "install-into-your-dbt-project.md").read_text(encoding="utf-8")


def declared() -> dict[str, bool]:
    """Model -> whether it is public."""
    models = [
        model
        for file in sorted(MODELS.rglob("*.yml"))
        for model in (yaml.safe_load(file.read_text()) or {}).get("models", [])
    ]
    return {
        model["name"]: model.get("access") == "public"
        for model in models
        if "time_spine" not in model
    }


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
