"""Commands of the documentation that no test runs as they stand, each with the reason."""

_INSTALLS = "installs: the suite runs in an environment that was installed by the same command"

NOT_RUN = {
    "make demo": "its steps after the installation are run by test_readme.py",
    "make test": "is what runs this test; CI runs it",
    "python3 -m venv .venv": _INSTALLS,
    ". .venv/bin/activate": _INSTALLS,
    "pip install --constraint /path/to/abstats/constraints.txt '/path/to/abstats[duckdb]'": (
        _INSTALLS
    ),
}
