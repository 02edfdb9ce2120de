"""The generated project is built by the real dbt, and its moments are the floor's."""

import pytest

from benchmarks.cost.floor import TOLERANCE, floor_statements, largest_difference
from benchmarks.cost.process import measured_sql
from benchmarks.cost.project import Metrics, Project
from benchmarks.cost.sections.day import one_more_day
from benchmarks.cost.world import world_file
from tests.benchmarks.cost.worlds import SMALL


@pytest.mark.slow
@pytest.mark.dbt
def test_builds_of_two_days_give_the_floors_moments_of_each(tmp_path):
    metrics = Metrics("events", 3, window_days=7)
    project = Project(tmp_path / "project", SMALL, world_file(SMALL, tmp_path), metrics).write()
    build = one_more_day(project, SMALL.days)
    for until, step in ((SMALL.day(SMALL.days - 1), None), (SMALL.end, build)):
        if step is not None:
            step()
        statement = next(iter(floor_statements(SMALL, metrics, until=until).values()))
        _, rows = measured_sql(statement, project.world_file)
        assert largest_difference(rows, project.moments(), metrics) <= TOLERANCE
    assert any("unit_measures" in node for node in project.node_seconds())


def test_more_metrics_than_the_world_has_values_is_an_error():
    with pytest.raises(ValueError, match="count == 5, must be <= 4 of events"):
        Metrics("events", 5).expressions(SMALL)
