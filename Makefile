# Two commands do everything on a fresh machine with Python 3.11, pip and make:
#   make demo    simulate the movie service, run dbt, print the verdicts
#   make test    the whole test suite
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
# The target of profiles.yml that the demo is built on.
TARGET ?= duckdb

.DEFAULT_GOAL := help
.PHONY: help install demo demo-duckdb demo-postgres demo-spark test test-lowest faults check \
	benchmark benchmark-duckdb benchmark-postgres benchmark-spark simulate lint lint-python lint-sql format

help:  ## Show the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# A second run reinstalls only when the declared dependencies changed.
$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "abstats needs Python >= 3.11, found " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

install: $(INSTALLED)  ## Create .venv and install the tested versions

demo: demo-$(TARGET)  ## Simulate two recommenders, run dbt build, print the verdicts [TARGET=duckdb|postgres|spark]

demo-duckdb: $(INSTALLED)
	$(BIN)/abstats simulate
	$(BIN)/dbt deps --quiet
	$(BIN)/dbt build --quiet
	$(BIN)/abstats show

# The server of a Python package, which goes on running: demo/servers/postgres.py stops it.
demo-postgres: $(INSTALLED)
	export ABSTATS_POSTGRES_HOST="$$($(BIN)/python demo/servers/postgres.py)" && \
	$(BIN)/abstats simulate --target postgres && \
	$(BIN)/dbt deps --quiet && \
	$(BIN)/dbt build --quiet --target postgres && \
	$(BIN)/abstats show --target postgres

# A session of Spark in each command's own process, or on the cluster of ABSTATS_SPARK_MASTER.
demo-spark: $(INSTALLED)
	$(BIN)/abstats simulate --target spark
	$(BIN)/dbt deps --quiet
	$(BIN)/dbt build --quiet --target spark
	$(BIN)/abstats show --target spark

test: lint  ## The linters and the whole test suite: fast tests first, engines after
	$(BIN)/python -m pytest --hypothesis-profile repeatable -n 2 --dist loadfile --no-loadscope-reorder

LOWEST := .venv-lowest
test-lowest: $(LOWEST)/installed  ## Fast tests and a build of the demo with the lowest versions allowed
	$(LOWEST)/bin/python -m pytest --hypothesis-profile repeatable -m "not dbt and not slow" -n 2
	$(LOWEST)/bin/python -m pytest tests/docs/test_recipes.py -k "daily_build or queries_for_bi"

# An environment of its own: what pip finds there from an earlier run could be newer.
$(LOWEST)/installed: pyproject.toml constraints-lowest.txt
	rm -rf $(LOWEST)
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --constraint constraints-lowest.txt --editable '.[test]'
	touch $@

faults: $(INSTALLED)  ## Kill 52 builds on DuckDB and 20 on Postgres, cut off and refuse others (ten minutes)
	ABSTATS_FAULTS=1 $(BIN)/python -m pytest tests/faults

check: lint  ## ruff, mypy, sqlfluff and the fast tests
	$(BIN)/python -m pytest -q -m "not dbt and not slow"

benchmark: benchmark-$(TARGET)  ## What builds cost, as ratios to the best hand-written statement or to DuckDB (an hour and a quarter) [TARGET]

benchmark-duckdb: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[benchmark]'
	$(BIN)/python -m benchmarks.cost

benchmark-postgres benchmark-spark: benchmark-%: $(INSTALLED)
	$(BIN)/python -m benchmarks.engines $*

simulate: $(INSTALLED)  ## Type I error, coverage and power of every test, by simulation (half an hour)
	$(BIN)/python -m benchmarks.operating_characteristics --write --jobs 2

lint: $(INSTALLED)  ## ruff, mypy and sqlfluff
	$(MAKE) --jobs 2 --output-sync lint-python lint-sql

lint-python: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Macros are Jinja that returns text; what they render is linted in the models.
lint-sql: $(INSTALLED)
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests metrics demo

format: $(INSTALLED)  ## Format Python and SQL
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
