"""A cap that cuts many units is a warning."""

import numpy as np
import pytest

from abstats.spec.values import WinsorizeSpec
from tests.analysis.worlds import a_metric, counts_table, moment_rows, moments_table
from tests.decisions.test_health import check

CLICKS = a_metric("clicks", winsorize=WinsorizeSpec(upper_value=5.0))
COUNTS = counts_table({"control": 100, "new": 100})


def share_above(n_control, n_new):
    blocks = []
    for variant, n_above in (("control", n_control), ("new", n_new)):
        is_capped = np.arange(100) < n_above
        values = np.column_stack([np.where(is_capped, 5.0, 1.0), is_capped])
        columns = ["y", "is_capped"]
        blocks.append(moment_rows(CLICKS, variant, columns, values, is_winsorised=True))
    moments = moments_table(*blocks)
    return check("units_above_cap", COUNTS, moments, subject="clicks", metrics=[CLICKS])


@pytest.mark.parametrize(("n_new", "status"), [(7, "pass"), (8, "warn")])
def test_more_than_five_per_cent_of_all_units_is_a_warning(n_new, status):
    row = share_above(3, n_new)
    assert row["statistic"] == pytest.approx((3 + n_new) / 200)
    assert row["status"] == status


def test_without_a_cap_there_is_nothing_to_look_at():
    row = check("units_above_cap", COUNTS, subject="clicks", metrics=[CLICKS])
    assert row["status"] == "not_applicable"
