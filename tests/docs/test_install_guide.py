"""The guide, followed to the letter in an empty folder, ends in the result tables it shows."""

import csv
import io
import shutil
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from scipy import stats

from .followed import follow, shell
from .pages import ROOT, blocks

PAGE = ROOT / "docs" / "install-into-your-dbt-project.md"

pytestmark = [pytest.mark.dbt, pytest.mark.slow]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    assert ROOT not in folder.parents
    follow(blocks(PAGE), folder)
    return folder


def query(shop, sql: str) -> list[tuple]:
    with duckdb.connect(str(shop / "shop.duckdb"), read_only=True) as connection:
        return connection.sql(sql).fetchall()


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
    found = query(
        shop,
        """
        select control_n_units, treatment_n_units, control_mean, treatment_mean, p_value
        from fct_experiment_results
        where metric_name = 'revenue' and estimator = 'unadjusted' and segment_name = 'all'
        and is_latest
        """,
    )
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
    assert query(
        shop, "select experiment_id, treatment_variant_id, verdict from fct_experiment_decisions"
    ) == [("checkout", "one_page", "ship")]


def test_the_examples_of_init_are_gone(shop):
    assert query(shop, "select experiment_id from dim_experiments") == [("checkout",)]


def test_a_csv_file_can_be_read_in_place(shop, tmp_path, monkeypatch):
    copy = shutil.copytree(shop, tmp_path / "shop", symlinks=True)
    (copy / "data").mkdir()
    (copy / "seeds" / "orders.csv").rename(copy / "data" / "orders.csv")
    edit(copy / "metrics" / "fct_orders.sql", "{{ ref('orders') }}", "read_csv('data/orders.csv')")
    shell("dbt run --quiet --select fct_orders", copy)
    with duckdb.connect(str(copy / "shop.duckdb")) as connection:
        connection.execute("drop table orders")
        monkeypatch.chdir(copy)
        total = connection.sql("select count(*), sum(amount) from fct_orders").fetchall()
    assert total == query(shop, "select count(*), sum(amount) from fct_orders")


def test_a_fact_without_a_primary_entity_gets_the_two_messages_of_the_page(shop, tmp_path):
    copy = shutil.copytree(shop, tmp_path / "shop", symlinks=True)
    edit(copy / "metrics" / "fct_orders.yml", "    primary_entity: order\n", "")
    printed = shell("dbt parse || test $? = 2", copy)
    snags = PAGE.read_text().split("## Snags")[1]
    for message in ("it does not define a primary entity", "Semantic Manifest validation failed."):
        assert message in printed
        assert message in snags
    validated = shell("abstats validate 2>&1 || test $? = 1", copy)
    assert "does not define a primary entity" in " ".join(validated.split())


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
