"""Whether a project of a test was built before, so that its data tests need not run again.

They are a fifth of a small build's time. The first build of every project runs them; what later
builds leave is compared by the test itself.
"""

from pathlib import Path

RUN_RESULTS = "run_results.json"
DATA_TESTS = ("test", "unit_test")


def is_built(target: Path) -> bool:
    """Whether dbt has built into its target folder."""
    return (target / RUN_RESULTS).exists()
