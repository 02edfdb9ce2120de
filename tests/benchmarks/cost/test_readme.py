"""README's table is written from the results, and nothing else of the page is touched."""

import json

import pytest

from benchmarks.cost.readme import HEADER, with_table
from benchmarks.cost.sections import SECTIONS


@pytest.fixture
def results(tmp_path):
    range_ = {"low": 1.2, "high": 2.5}
    ratios = {
        "floor": [
            {"name": "ours / floor", "value": 2.0, **range_, "goal": 1.25, "reason": None},
            {"name": "peer / floor", "value": 3.0, **range_, "goal": None, "reason": None},
        ],
        "day": [
            {
                "name": "day / floor",
                **dict.fromkeys(("value", "low", "high")),
                "goal": 0.25,
                "reason": "within noise: why",
            }
        ],
    }
    for section in SECTIONS:
        content = json.dumps({"ratios": ratios.get(section, [])})
        (tmp_path / f"cost_{section}.json").write_text(content)
    return tmp_path


def test_ratios_with_goals_replace_the_rows_of_the_table(results):
    page = f"Above.\n\n{HEADER}| floor | of before | 1.00 (1.00 to 1.00) | | |\n\nBelow.\n"
    assert with_table(page, results) == (
        f"Above.\n\n{HEADER}"
        "| floor | ours / floor | 2.00 (1.20 to 2.50) | ≤ 1.25 "
        "| missed, not in every repetition |\n"
        "| day | day / floor | within noise | ≤ 0.25 | |\n"
        "\nBelow.\n"
    )


def test_a_page_without_the_table_is_an_error(results):
    with pytest.raises(ValueError, match="0 tables begin with"):
        with_table("| section | measured |\n", results)
