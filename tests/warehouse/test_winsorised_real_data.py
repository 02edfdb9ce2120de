"""cookie_cats, capped: the published quantile and its test, through SQL and moments."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from abstats.analysis import read_cells
from abstats.inference import estimate_effect
from abstats.spec.covariate import CupedSpec
from abstats.spec.values import WinsorizeSpec
from tests.warehouse.worlds import START_AT, World, compiled, experiment, load, metric

WHEN = "timestamp '2026-01-06 12:00:00'"


@pytest.mark.parametrize(
    "winsorize",
    [WinsorizeSpec(upper_value=1073.624), WinsorizeSpec(upper=0.999)],
    ids=["declared", "first cohort"],
)
def test_rounds_capped_at_their_quantile(
    shared_data: Callable[[str], Path], winsorize: WinsorizeSpec
) -> None:
    """references.md: cap 1,073.624, t -.146697, p .883371; raw t -.885437, p .375924."""
    (file,) = shared_data("cookie_cats").glob("*.csv*")
    spec = metric("rounds", winsorize=winsorize, cuped=CupedSpec(enabled=False))
    specs = [experiment("e1", ["rounds"])]
    statements = compiled(specs, [spec])
    with duckdb.connect() as connection:
        load(connection, World([], [], datetime(2026, 1, 25), specs))
        connection.execute(f"create table players as select * from read_csv('{file}')")
        connection.execute(
            "insert into first_exposures select 'e1', userid,"
            " case version when 'gate_30' then 'a' else 'b' end,"
            f" timestamp '{START_AT}', null, 1, null, null from players"
        )
        connection.execute(f"create table exposures as {statements.exposures}")
        connection.execute(
            f"insert into events select userid, {WHEN}, sum_gamerounds, 1, null from players"
        )
        connection.execute(f"create table scales as {statements.scales}")
        connection.execute(f"create table units as {statements.units}")
        moments = connection.execute(statements.moments).to_arrow_table()
        (cap,) = connection.execute("select value from scales").fetchall()
    assert cap[0] == pytest.approx(1073.624, abs=5e-4)
    arms = {
        (cell.is_winsorised, cell.variant_id): found.select("y")
        for cell, found in read_cells(moments).items()
        if cell.metric_name == "rounds"
    }
    capped = estimate_effect("mean", arms[True, "a"], arms[True, "b"])
    assert capped.statistic == pytest.approx(-0.146697, abs=2e-6)
    assert capped.p_value == pytest.approx(0.883371, abs=2e-6)
    raw = estimate_effect("mean", arms[False, "a"], arms[False, "b"])
    assert raw.statistic == pytest.approx(-0.885437, abs=5e-7)
    assert raw.p_value == pytest.approx(0.375924, abs=5e-7)
