"""The guide, followed to the letter in an empty folder, ends in the result tables it shows."""

import csv
import io
from collections import defaultdict
from datetime import datetime, timedelta

import duckdb
import pytest
from scipy import stats

from .followed import follow
from .pages import ROOT, blocks

PAGE = ROOT / "docs" / "install-into-your-dbt-project.md"

pytestmark = [pytest.mark.dbt, pytest.mark.slow, pytest.mark.xdist_group("docs_guide")]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    assert ROOT not in folder.parents
    follow(blocks(PAGE), folder)
    with duckdb.connect(str(folder / "shop.duckdb"), read_only=True) as connection:
        yield connection


def table_of(name: str) -> list[dict[str, str]]:
    (block,) = [block for block in blocks(PAGE) if block.file == name]
    return list(csv.DictReader(io.StringIO(block.text)))


def spend_per_user() -> dict[str, list[float]]:
    """Variant -> what each of its users spends within seven days, by a loop over the CSV files."""
    first: dict[str, tuple[datetime, str]] = {}
    for row in table_of("seeds/exposure_log.csv"):
        seen = datetime.fromisoformat(row["exposed_at"]), row["variant"]
        first[row["user_id"]] = min(seen, first.get(row["user_id"], seen))
    spent = dict.fromkeys(first, 0.0)
    for row in table_of("seeds/orders.csv"):
        exposed_at, _ = first[row["user_id"]]
        age = datetime.fromisoformat(row["ordered_at"]) - exposed_at
        if timedelta() <= age < timedelta(days=7):
            spent[row["user_id"]] += float(row["amount"])
    by_variant = defaultdict(list)
    for user, (_, variant) in first.items():
        by_variant[variant].append(spent[user])
    return by_variant


def test_the_tables_hold_what_a_loop_over_the_csv_files_gives(shop):
    spent = spend_per_user()
    welch = stats.ttest_ind(spent["one_page"], spent["control"], equal_var=False)
    found = shop.sql(
        """
        select control_n_units, treatment_n_units, control_mean, treatment_mean, p_value
        from fct_experiment_results
        where metric_name = 'revenue' and estimator = 'unadjusted' and segment_name = 'all'
        """
    ).fetchall()
    assert len(spent["control"]) == 15
    assert found == [
        (
            15,
            15,
            pytest.approx(sum(spent["control"]) / 15),
            pytest.approx(sum(spent["one_page"]) / 15),
            pytest.approx(welch.pvalue, rel=1e-9),
        )
    ]


def test_the_reader_gets_a_verdict(shop):
    assert shop.sql(
        "select experiment_id, treatment_variant_id, verdict from fct_experiment_decisions"
    ).fetchall() == [("checkout", "one_page", "ship")]


def test_the_examples_of_init_are_gone(shop):
    assert shop.sql("select experiment_id from dim_experiments").fetchall() == [("checkout",)]
