"""Stored moments are read back exactly, or refused."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from abstats.analysis import CellError, read_cells
from tests.analysis.worlds import DAY, MOMENTS_SCHEMA, a_metric, moment_rows, moments_table

METRIC = a_metric("clicks", "ratio")
ROWS = [[1.0, 2.0, 0.5], [0.0, 1.0, -1.0], [4.0, 3.0, 0.5], [2.0, 2.0, 0.0]]
COLUMNS = ("y", "d", "x_y")


def stored():
    return moment_rows(METRIC, "control", COLUMNS, ROWS)


def test_a_cell_has_the_means_and_covariances_of_its_rows():
    (cell, moments), *others = read_cells(moments_table(stored())).items()
    assert not others
    assert (cell.metric_name, cell.variant_id, cell.analysis_date) == ("clicks", "control", DAY)
    assert moments.columns == COLUMNS
    assert moments.n == 4
    np.testing.assert_allclose(moments.mean, np.mean(ROWS, axis=0), rtol=1e-15)
    np.testing.assert_allclose(moments.cov, np.cov(np.transpose(ROWS)), rtol=1e-14)


def test_neither_the_order_of_rows_nor_of_a_pair_changes_a_cell():
    def swapped(row):
        return row | {
            "column_a": row["column_b"],
            "column_b": row["column_a"],
            "mean_a": row["mean_b"],
            "mean_b": row["mean_a"],
        }

    (one,) = read_cells(moments_table(stored())).values()
    (other,) = read_cells(moments_table([swapped(row) for row in stored()[::-1]])).values()
    assert one.columns == other.columns
    assert one.mean.tobytes() == other.mean.tobytes()
    assert one.cov.tobytes() == other.cov.tobytes()


def test_a_missing_pair_is_refused_by_name():
    rows = [row for row in stored() if (row["column_a"], row["column_b"]) != ("y", "d")]
    with pytest.raises(CellError, match=r"metric 'clicks'.*the pair \(y, d\) is missing"):
        read_cells(moments_table(rows))


def test_a_pair_that_comes_twice_is_refused():
    with pytest.raises(CellError, match="comes twice"):
        read_cells(moments_table(stored(), stored()))


def test_counts_that_differ_within_a_cell_are_refused():
    rows = stored()
    rows[2]["n"] = 5
    with pytest.raises(CellError, match=r"n == \[4, 5\], must be the same"):
        read_cells(moments_table(rows))


def test_null_numbers_become_nan():
    (moments,) = read_cells(moments_table(moment_rows(METRIC, "control", ["y"], [[3.0]]))).values()
    assert moments.n == 1
    assert moments.mean_of("y") == 3.0
    assert np.isnan(moments.cov).all()


def test_only_the_asked_date_of_each_experiment_is_read():
    earlier = moment_rows(METRIC, "control", COLUMNS, ROWS, day=date(2026, 2, 1))
    cells = read_cells(moments_table(stored(), earlier), {"exp": DAY})
    assert [cell.analysis_date for cell in cells] == [DAY]
    assert read_cells(moments_table(stored()), {"other": DAY}) == {}


def test_an_empty_table_has_no_cells():
    assert read_cells(pa.Table.from_pylist([], schema=MOMENTS_SCHEMA)) == {}
