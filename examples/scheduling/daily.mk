# The build of every day: `make --file daily.mk daily` in the folder of dbt_project.yml, with dbt and
# abstats on the PATH (or DBT=... ABSTATS=...).
DBT ?= dbt
ABSTATS ?= abstats

.PHONY: daily
# A build that fails ends here, with the tables of the day before in place. `status --check` exits
# with 3 if something is stale or a load is late, and prints what to do.
daily:
	$(DBT) build --quiet --select +exposure:experiment_results
	$(ABSTATS) status --check
