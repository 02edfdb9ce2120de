"""A sequential design in a company's project, built day by day: a rollback, and it stands."""

from datetime import date

import numpy as np
import pytest
from scipy import stats

from .host_project import HostProject

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

EXPERIMENT = """\
name: checkout
owner: shop
hypothesis: One page sells no less than two.
unit: user
start: 2026-01-05
end: 2026-01-12
variants: {two_pages: 0.5, one_page: 0.5}
control: two_pages
metrics:
  primary: [items]
  guardrails:
    - {metric: revenue, margin: 0.05}
window: {days: 1}
analysis:
  cuped: false
  sequential: {method: group_sequential, spending: pocock, looks: [2026-01-08, 2026-01-10]}
"""

# Users of one page spend a fifth less: an order within the day of their exposure, another after it.
DATA = (
    "create schema raw",
    """
    create table raw.exposures as
    select
        'checkout' as experiment_id,
        i as user_id,
        case when i % 2 = 0 then 'two_pages' else 'one_page' end as variant_id,
        timestamp '2026-01-05' + to_minutes(cast(i * 7919 % 10080 as int)) as exposed_at
    from range(6000) as users(i)
    """,
    """
    create table raw.orders as
    select
        user_id,
        exposed_at + to_hours(cast(5 + 24 * k as int)) as ordered_at,
        (10 + user_id * 17 % 41) * case when variant_id = 'one_page' then 0.8 else 1.0 end
            as amount,
        user_id // 2 % 3 + 1 as items
    from raw.exposures, range(2) as orders(k)
    """,
    "create table raw.visits as select user_id, exposed_at as visited_at from raw.exposures",
)


@pytest.fixture(scope="module")
def shop(deploy) -> HostProject:
    project = deploy("tiny", *DATA, build=False)
    project.write("experiments/checkout.yml", EXPERIMENT)
    return project


def built(project, day):
    project.build("--vars", f"{{analysis_date: '{day}'}}")
    return project.verdict()


def mature_revenue(project, day):
    """Revenue within a day of users whose day is over, by variant, straight from the log."""
    rows = project.query(f"""
        select variant_id, user_id, sum(amount) as revenue
        from raw.exposures inner join raw.orders using (user_id)
        where exposed_at <= timestamp '{day}' and ordered_at < exposed_at + to_days(1)
        group by all
    """)
    return [
        np.array([row["revenue"] for row in rows if row["variant_id"] == variant], dtype=float)
        for variant in ("two_pages", "one_page")
    ]


def test_a_look_rolls_back_and_no_other_date_decides(shop):
    before = built(shop, "2026-01-07")
    assert (before["verdict"], before["rule"]) == ("keep_running", "before_first_look")
    assert not before["is_final"]
    assert before["decision_date"] is None
    assert "2026-01-08" in before["reason"]

    at_look = built(shop, "2026-01-08")
    assert (at_look["verdict"], at_look["rule"]) == ("rollback", "guardrail_inferior")
    assert at_look["is_final"]
    assert at_look["decision_date"] == date(2026, 1, 8)
    assert at_look["reason"].startswith("Look 1 of 3, data through 2026-01-08: guardrail worse")
    row = shop.result("revenue")
    assert (row["look"], row["n_looks"], row["bound_crossed"]) == (1, 3, "inferior")
    assert row["is_interim"]

    # An oracle: Welch's test at the margin of the users whose day is over; Pocock's first bound.
    control, treatment = mature_revenue(shop, "2026-01-08")
    assert (row["control_n_units"], row["treatment_n_units"]) == (control.size, treatment.size)
    errors = [np.var(arm, ddof=1) / arm.size for arm in (control, treatment)]
    statistic = (treatment.mean() - 0.95 * control.mean()) / np.sqrt(
        errors[1] + 0.95**2 * errors[0]
    )
    spent = 0.05 * np.log1p((np.e - 1) * 3 / 7)
    assert row["information_fraction"] == pytest.approx(3 / 7, rel=1e-3)
    assert row["alpha_spent"] == pytest.approx(spent, rel=2e-3)
    assert row["critical_value"] == pytest.approx(stats.norm.isf(spent), rel=1e-3)
    assert -statistic > row["critical_value"]
    assert row["effect_rel_ci_sequential_upper"] < -0.05

    # Stopped by its guardrail, its primary metric enters the ledger with what holds at any stop.
    primary, entry = shop.result("items"), shop.row("fct_experiment_discoveries")
    assert (entry["p_value_kind"], entry["p_value"]) == ("repeated", primary["p_value_sequential"])
    assert (entry["entry"], entry["entry_date"]) == (1, date(2026, 1, 8))

    between = built(shop, "2026-01-09")
    assert (between["verdict"], between["decision_date"]) == ("rollback", date(2026, 1, 8))
    assert shop.result("revenue")["sequential_status"] == "not_a_look"
    # The same day again, from the timeline: a look is judged once and for all by its own data.
    again = shop.result("revenue", analysis_date=date(2026, 1, 8))
    kept = {name for name in row if name not in ("computed_at", "is_latest")}
    assert {name: again[name] for name in kept} == {name: row[name] for name in kept}


def test_an_open_ended_metric_and_a_missing_timeline_stop_the_build(shop, tmp_path):
    project = shop.copied_to(tmp_path / "refused")
    run = project.dbt("parse", "--vars", "{timeline: latest}")
    assert run.code != 0
    assert "analysis.sequential stands beside timeline: latest" in run.output
    project.edit("experiments/checkout.yml", "window: {days: 1}\n", "")
    run = project.dbt("parse")
    assert run.code != 0
    assert "metrics.primary[0] == 'items' counts events until end" in " ".join(run.output.split())
