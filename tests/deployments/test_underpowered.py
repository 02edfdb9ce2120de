"""`abstats validate` beside a warehouse: an experiment too small for the effect it declares."""

import pytest
from typer.testing import CliRunner

from abstats.cli import app

pytestmark = [pytest.mark.dbt, pytest.mark.slow]

NEXT = """\
name: checkout_again
owner: shop
hypothesis: One page sells more than two.
unit: user
start: 2026-03-02
end: 2026-03-16
variants: {two_pages: 0.5, one_page: 0.5}
control: two_pages
metrics:
  primary:
    - {metric: revenue, minimum_effect: 0.001}
    - {metric: revenue_per_item, equivalence_margin: 0.5}
"""


def test_the_power_is_that_of_the_last_experiment_and_a_warning_stops_nothing(tiny_built, tmp_path):
    project = tiny_built.copied_to(tmp_path)
    project.write("experiments/next.yml", NEXT)
    places = ["--project-dir", project.folder, "--profiles-dir", project.root / "profiles"]
    done = CliRunner().invoke(app, ["validate", *map(str, places)])
    assert done.exit_code == 0, done.output
    assert done.stdout == "2 experiments and 3 metrics are valid.\n"
    assert "not checked" not in done.stderr
    (line,) = (line for line in done.stderr.splitlines() if "line 11" in line)
    assert "metrics.primary[0].minimum_effect == 0.001 for 'revenue' is detected with" in line
    assert "80 % is asked" in line
    assert "as in checkout." in line
