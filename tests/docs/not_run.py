"""Commands of the documentation that no test runs as they stand, each with the reason."""

_INSTALLS = "installs: the suite runs in an environment that was installed by the same command"
_CLUSTER = "five processes of Java for minutes; run by hand, and tests/engines runs a session"
_BY_README = "run on the demo by test_readme.py, which compares what it prints"

# In fenced blocks.
NOT_RUN = {
    "make demo": "its steps after the installation are run by test_readme.py",
    "pip install 'abstats[duckdb]'": _INSTALLS,
    "pip install 'abstats[postgres]'": _INSTALLS,
    "pip install 'abstats[spark]'": _INSTALLS,
    'export ABSTATS_SPARK_MASTER="$(python demo/servers/spark.py)"': _CLUSTER,
    "make demo TARGET=spark": _CLUSTER,
    "python demo/servers/spark.py stop": _CLUSTER,
    "make test": "is what runs this test; CI runs it",
    "python -m tests.warehouse.dialect_snapshots": (
        "overwrites what test_dialect_snapshots.py compares with; both make the same text"
    ),
    "make test-lowest": "installs the lowest versions and runs tests itself: a job of its own",
    "make check": "runs tests itself; its parts that are tests are run by `make test`",
    "make install": _INSTALLS,
    "make benchmark": (
        "takes an hour and a quarter; tests of benchmarks/ run it with --quick and without dbt"
    ),
    "make benchmark TARGET=postgres": "takes an hour; its program is tested with builds left out",
    "make benchmark TARGET=spark": "takes an hour; its program is tested with builds left out",
    "make simulate": "takes half an hour; tests of benchmarks/ run the same with fewer experiments",
    "python3 -m venv .venv": _INSTALLS,
    ". .venv/bin/activate": _INSTALLS,
    "pip install --constraint /path/to/abstats/constraints.txt '/path/to/abstats[duckdb]'": (
        _INSTALLS
    ),
    "abstats simulate --users 20000 --days 28 --seed 7": (
        "spells out the defaults of `abstats simulate`, which test_readme.py runs"
    ),
    "abstats power recommender_cf_vs_content --effect 0.03 --metric ctr --metric watch_minutes "
    "--metric page_latency_ms": _BY_README,
    "abstats show aa_check --truth": _BY_README,
    "abstats show recomender_cf_vs_content": _BY_README,
    "abstats show recommender_cf_vs_content": _BY_README,
    "abstats show recommender_cf_vs_content --segment is_new_viewer": _BY_README,
}

# In sentences and tables only.
MENTIONED = {
    "make faults": "takes ten minutes; the suite runs the same tests with fewer kills",
    "python -m benchmarks.cost": "what `make benchmark` runs after it has installed",
    "abstats simulate --parquet": "run by tests/demo/test_write_parquet.py below the command",
    "abstats simulate --parquet FOLDER": "as above",
    "python -m benchmarks.spark_plan": "starts a session of Spark; run by hand for docs/scale.md",
    "make demo TARGET=spark": "its steps on a small world are run by tests/engines",
    "make demo TARGET=postgres": "its steps are run by tests/engines and test_readme.py",
    "python demo/servers/postgres.py stop": "stops a server that no test starts",
    "abstats --help": "run by tests/cli",
    "abstats --version": "run by tests/cli",
    "abstats power": "run by test_readme.py for one experiment",
    "abstats status": "run by test_recipes.py and test_readme.py, with --check",
    "abstats show --truth": "run by test_readme.py for one experiment",
    "abstats show --target dev": "run by test_recipes.py with the name of an experiment",
    "abstats show up_next_ranking": "run by test_recipes.py for another target",
    "dbt compile": "renders as `dbt docs generate` does, which test_recipes.py runs",
    "dbt docs generate": "run by test_recipes.py, with --quiet",
    "dbt docs serve": "serves until it is stopped",
    "pip install": _INSTALLS,
    "pip install 'abstats[duckdb]'": "abstats is not published yet",
    "python -m tests.inference.bucket_worlds": (
        "takes minutes; test_bucket_promises.py runs its worlds, fewer"
    ),
    "python -m tests.inference.gini_worlds": "takes minutes; test_gini.py runs its worlds, fewer",
    "python -m tests.inference.quantile_worlds": (
        "takes minutes; test_quantile.py runs its worlds, fewer"
    ),
    "python -m benchmarks.operating_characteristics --only bayes": (
        "takes a minute; tests of benchmarks/ run it with fewer experiments"
    ),
    "python -m benchmarks.demo_coverage --seeds 200 --jobs 2 --write": (
        "takes some minutes; tests of benchmarks/ run it with few seeds"
    ),
}
