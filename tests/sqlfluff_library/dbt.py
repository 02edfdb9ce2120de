"""What sqlfluff renders for dbt's own cross-database macros."""


def type_string() -> str:
    return "text"


def type_timestamp() -> str:
    return "timestamp"


def type_bigint() -> str:
    return "bigint"


def dateadd(datepart: str, interval: int, from_date: str) -> str:
    return f"{from_date} + interval '{interval} {datepart}'"
