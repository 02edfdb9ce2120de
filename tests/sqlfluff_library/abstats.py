"""What sqlfluff renders for our macros: enough SQL to lint the models around them."""

SELECT = "select 1 as n"


def exposure_log() -> str:
    return "select * from exposure_log"


def fact_watermarks() -> str:
    return "select fact, last_at from fact_watermarks"


def segments() -> list[str]:
    return ["platform"]


def segment_column(segment: str) -> str:
    return f"segment__{segment}"


def and_unit_columns(relation: str | None = None) -> str:
    prefix = f"{relation}." if relation else ""
    return f", {prefix}segment__platform, {prefix}attribute__score"


def and_smallest_unit_columns() -> str:
    return ", min(segment__platform) as segment__platform"


def and_unit_columns_are_constant() -> str:
    return " and count(segment__platform) = count(*)"


def last_complete_day(last_at: str) -> str:
    return f"cast({last_at} as date)"


def settings() -> dict[str, object]:
    return {}


def minimum_cell_size() -> int:
    return 10


def grants_to_readers() -> dict[str, object]:
    return {}


def declared_rows(table: str) -> str:
    return f"select * from declared_{table}"


def exposure_hash() -> str:
    return "exposure_hash"


unit_measures = value_counts = cell_moments = covariate_moments = lambda: SELECT
fact_days = unit_totals = unit_days = unit_histories = analysis_timeline = lambda: SELECT
quantile_grids = gini_values = bucket_sums = frozen_scales = lambda: SELECT


def stratified_exposures(exposures: str, dates: str) -> str:
    return f"select * from {exposures} cross join {dates}"


delete_other_dates = mark_superseded = lambda: ""


def replacing_strategy() -> str:
    return "delete+insert"


def replaced_partitions(columns: list[str]) -> None:
    """Where a table can delete rows, its keys are no partitions."""


def on_lost_columns() -> str:
    return "sync_all_columns"


def public_table() -> dict[str, str]:
    return {"materialized": "table"}
