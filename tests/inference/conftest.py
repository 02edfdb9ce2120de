"""Real data sets as columns."""

import io
import zipfile

import numpy as np
import pytest

from .rows import read_columns


@pytest.fixture(scope="session")
def cookie_cats(shared_data):
    path = shared_data("cookie_cats") / "cookie_cats.csv"
    text = read_columns(path, ["version", "sum_gamerounds", "retention_1", "retention_7"])
    return {
        "version": text["version"],
        "rounds": text["sum_gamerounds"].astype(float),
        "retention_1": (np.char.lower(text["retention_1"]) == "true").astype(float),
        "retention_7": (np.char.lower(text["retention_7"]) == "true").astype(float),
    }


@pytest.fixture(scope="session")
def hillstrom(shared_data):
    path = shared_data("hillstrom") / "hillstrom_data.csv"
    text = read_columns(path, ["segment", "history", "visit", "conversion", "spend"])
    return {k: v if k == "segment" else v.astype(float) for k, v in text.items()}


@pytest.fixture(scope="session")
def hillstrom_tests(shared_data):
    path = shared_data("hillstrom") / "recomputed_pairwise_tests.csv"
    names = ["t", "c", "metric", "diff", "lo", "hi", "t_stat", "df", "p_welch", "z", "p_z"]
    text = read_columns(path, [*names, "bonferroni", "holm", "fdr_bh", "fdr_by"])
    return [dict(zip(text, row, strict=True)) for row in zip(*text.values(), strict=True)]


@pytest.fixture(scope="session")
def tea_tasting(shared_data):
    metrics = ["sessions", "orders", "revenue"]
    names = ["variant", *metrics, *(f"{metric}_covariate" for metric in metrics)]
    path = shared_data("tea_tasting") / "users_data_seed42_covariates.csv"
    return {k: v.astype(float) for k, v in read_columns(path, names).items()}


@pytest.fixture(scope="session")
def criteo(shared_data):
    """Events and users by outcome and arm: {("visit", 0): (events, users), ...}."""
    path = shared_data("criteo_uplift") / "full_joint_counts.csv"
    text = read_columns(path, ["treatment", "visit", "conversion", "n"])
    data = {k: v.astype(int) for k, v in text.items()}
    return {
        (outcome, arm): (
            int(data["n"][(data["treatment"] == arm) & (data[outcome] == 1)].sum()),
            int(data["n"][data["treatment"] == arm].sum()),
        )
        for outcome in ("visit", "conversion")
        for arm in (0, 1)
    }


@pytest.fixture(scope="session")
def udacity(shared_data):
    """Rows in order: user, group, whether group and page match, converted."""
    path = shared_data("udacity_ab_data") / "ab_data.csv.zip"
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith("ab_data.csv"))
        lines = io.TextIOWrapper(archive.open(name)).read().splitlines()
    header = lines[0].split(",")
    table = np.array([line.split(",") for line in lines[1:]])
    column = {name: table[:, i] for i, name in enumerate(header)}
    is_treated = column["group"] == "treatment"
    return {
        "user": column["user_id"].astype(int),
        "timestamp": column["timestamp"],
        "is_treated": is_treated,
        "is_consistent": is_treated == (column["landing_page"] == "new_page"),
        "converted": column["converted"].astype(int),
    }
