"""A fact that stops before the others is told, before its silence is read as an effect."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from abstats.spec import Window
from tests.analysis.worlds import DAY, a_metric, an_experiment, counts_table
from tests.decisions.test_health import check
from tests.decisions.watermarks import watermarks_table

UNITS = counts_table({"control": 500, "new": 500})


def behind(last_at, metric=None, *, counts=UNITS, day=DAY):
    metric = metric or a_metric("clicks")
    return check(
        "metric_data_behind",
        counts,
        subject=metric.name,
        metrics=[metric],
        experiment=an_experiment(metrics={"primary": [metric.name]}),
        watermarks=watermarks_table(fct_events=last_at),
        day=day,
    )


@pytest.mark.parametrize(
    ("last_day", "days", "status"),
    [(21, 0, "pass"), (20, 0, "pass"), (19, 1, "warn"), (18, 2, "warn"), (17, 3, "fail")],
)
def test_a_fact_warns_when_it_is_behind_and_fails_at_three_days(last_day, days, status):
    row = behind(datetime(2026, 1, last_day, 9, 30), day=date(2026, 1, 20))
    assert (row["status"], row["statistic"], row["threshold"]) == (status, days, 3)


def test_a_stalled_fact_is_told_with_its_days_and_what_to_do():
    row = behind(datetime(2026, 1, 6, 23), day=date(2026, 1, 11))
    assert row["detail"].startswith("The fact fct_events ends on 2026-01-06, 5 days before")
    assert "would count as days without events" in row["detail"]
    assert row["next_step"] == "Run the load of fct_events and build again."


def test_a_fact_is_needed_until_the_metrics_own_windows_are_complete_and_no_longer():
    """Exposures end on 2026-02-02, the experiment is looked at on 2026-02-10."""
    assert behind(datetime(2026, 2, 1, 12))["status"] == "pass"
    followed = a_metric("clicks", window=Window(days=7))
    assert behind(datetime(2026, 2, 1, 12), followed)["statistic"] == 7
    assert behind(datetime(2026, 2, 8, 12), followed)["status"] == "pass"


def test_a_fact_without_any_event_is_left_to_the_check_of_metrics_without_data():
    row = behind(None)
    assert row["status"] == "not_applicable"
    assert row["detail"] == "The fact fct_events has no event at all."


def test_a_fact_whose_last_event_nobody_looked_up_is_an_error():
    with pytest.raises(ValueError, match="int_fact_watermarks has no row of fact 'fct_events'"):
        check("metric_data_behind", UNITS, subject="clicks", watermarks=watermarks_table())


@pytest.mark.parametrize(("missing", "status"), [(0, "pass"), (3, "warn"), (30, "fail")])
def test_rows_without_a_unit_warn_and_fail_above_one_in_a_hundred(missing, status):
    rows = [("new", "rows_missing_unit", missing), (None, "exposure_rows", missing)]
    lost = [
        {"experiment_id": "exp", "variant_id": variant, "count_name": name, "n": n}
        for variant, name, n in rows
    ]
    counts = pa.concat_tables([UNITS, pa.Table.from_pylist(lost, schema=UNITS.schema)])
    row = check("missing_unit", counts)
    assert row["status"] == status
    assert row["statistic"] == pytest.approx(missing / (1000 + missing))
    assert f"{missing} of {1000 + missing:,} exposure rows" in row["detail"]
