"""The benchmark's world: an exposure log, a wide fact and a long event log, written by DuckDB.

Every number is a hash of its row, its purpose and the seed, so a world is the same on every run.
Events lie evenly over the days, ordered by time. Who acts is skewed: the share of events of unit
rank r falls like r ** (1 / SKEW - 1), and 20 million events of a million units in 28 days fall on
12.8 million unit-days, so that rolling events up by unit and day saves little.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

START = date(2026, 1, 1)
SKEW = 1.92
ENROLMENT_DAYS = 28
EXPOSURES_PER_UNIT = 2
_DAY = 86_400_000_000  # microseconds
_SPREAD = 2_654_435_761  # odd and prime: multiplying by it permutes the ids


@dataclass(frozen=True)
class World:
    """A world's parameters.

    Attributes:
        events: Rows of each fact.
        units: Units that exist.
        days: Days that the events cover; the experiments run over all of them.
        measures: Measure columns of the wide fact `activity`; 0 leaves the fact out.
        event_types: Event types of the long log `events`; 0 leaves the log out.
        experiments: Experiments, which overlap.
        share: Share of the units in each experiment.
        seed: Seed of every number.
    """

    events: int = 20_000_000
    units: int = 1_000_000
    days: int = 28
    measures: int = 10
    event_types: int = 0
    experiments: int = 1
    share: float = 1.0
    seed: int = 1

    @property
    def name(self) -> str:
        """The parameters, as the name of a file."""
        return (
            f"world_{self.events}e_{self.units}u_{self.days}d_{self.measures}m_"
            f"{self.event_types}t_{self.experiments}x_{self.share:g}s_{self.seed}"
        )

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.day(self.days)

    def day(self, number: int) -> date:
        """The date of a day; the first is 0."""
        return START + timedelta(days=number)

    @property
    def measure_names(self) -> tuple[str, ...]:
        """Measure columns of the wide fact."""
        return tuple(f"measure_{index:02d}" for index in range(1, self.measures + 1))

    @property
    def event_type_names(self) -> tuple[str, ...]:
        """Event types of the long log."""
        return tuple(f"type_{index:02d}" for index in range(1, self.event_types + 1))

    @property
    def experiment_names(self) -> tuple[str, ...]:
        """Experiments in the exposure log."""
        return tuple(f"experiment_{index:02d}" for index in range(1, self.experiments + 1))


def world_file(world: World, folder: Path) -> Path:
    """The DuckDB file of a world; written on first use."""
    file = folder / f"{world.name}.duckdb"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with duckdb.connect(str(unfinished)) as connection:
            for statement in statements(world):
                connection.execute(statement)
        unfinished.rename(file)
    return file


def tables_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the raw tables in a world's file."""
    found = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw' order by 1"
    )
    return [name for (name,) in found.fetchall()]


def statements(world: World) -> tuple[str, ...]:
    """The SQL that writes a world."""
    parts = ["create schema raw", _exposures(world)]
    if world.measures:
        parts.append(_activity(world))
    if world.event_types:
        parts.append(_events(world))
    return tuple(parts)


def _exposures(world: World) -> str:
    """Two rows per unit and experiment; half of the units enrol in the first quarter."""
    enrolment = min(ENROLMENT_DAYS, world.days) * _DAY
    span = world.days * _DAY
    enrolled_at = (
        f"cast({enrolment - 1} * power({_uniform(world, 'enrolled', 'x, unit')}, 2) as bigint)"
    )
    return f"""
        create table raw.exposures as
        with enrolled as (
            select
                x,
                unit,
                {_bits(world, "variant", "x, unit")} % 2 as variant,
                {enrolled_at} as enrolled_at
            from range(1, {world.experiments + 1}) as experiments (x)
            cross join range({world.units}) as units (unit)
            where {_uniform(world, "share", "x, unit")} < {world.share!r}
        ),
        logged as (
            select
                *,
                case repetition
                    when 0 then enrolled_at
                    else enrolled_at + cast(
                        ({span - 1} - enrolled_at)
                        * {_uniform(world, "again", "x, unit, repetition")} as bigint
                    )
                end as logged_at
            from enrolled
            cross join range({EXPOSURES_PER_UNIT}) as repetitions (repetition)
        )
        select
            printf('experiment_%02d', x) as experiment_id,
            unit as user_id,
            case variant when 0 then 'control' else 'treatment' end as variant_id,
            {_timestamp("logged_at")} as exposed_at
        from logged
        order by logged_at, x, unit
    """


def _activity(world: World) -> str:
    """The wide fact: counts, amounts and flags in turn, larger for some units than for others."""
    columns = []
    for index, name in enumerate(world.measure_names):
        value = f"{_uniform(world, name, 'i')} * (1 + {_uniform(world, name + 'of', 'user_id')})"
        match index % 3:
            case 0:
                columns.append(f"cast(floor(5 * {value}) as integer) as {name}")
            case 1:
                columns.append(f"round(50 * {value}, 2) as {name}")
            case _:
                columns.append(f"cast({value} > 1 as integer) as {name}")
    return f"""
        create table raw.activity as
        select user_id, event_at, {", ".join(columns)}
        from ({_acts(world, "activity")}) as acts
    """


def _events(world: World) -> str:
    """The long log: one type per event, and its value."""
    kind = f"{_bits(world, 'type', 'i')} % {world.event_types}"
    value = f"{_uniform(world, 'value', 'i')} * (1 + {_uniform(world, 'value of', 'user_id')})"
    return f"""
        create table raw.events as
        select
            user_id,
            event_at,
            printf('type_%02d', 1 + {kind}) as event_type,
            round(50 * {value}, 2) as value
        from ({_acts(world, "events")}) as acts
    """


def _acts(world: World, purpose: str) -> str:
    step = world.days * _DAY // world.events
    rank = f"cast(floor({world.units} * power({_uniform(world, purpose, 'i')}, {SKEW})) as bigint)"
    return f"""
        select i, ({rank} * {_SPREAD}) % {world.units} as user_id,
            {_timestamp(f"i * {step}")} as event_at
        from range({world.events}) as numbers (i)
    """


def _bits(world: World, purpose: str, of: str) -> str:
    return f"hash({of}, '{purpose}', {world.seed})"


def _uniform(world: World, purpose: str, of: str) -> str:
    """In [0, 1), from the upper 53 bits."""
    return f"(({_bits(world, purpose, of)} >> 11) / 9007199254740992.0)"


def _timestamp(microseconds: str) -> str:
    start = int(datetime.combine(START, datetime.min.time(), UTC).timestamp()) * 1_000_000
    return f"make_timestamp(cast({start} + {microseconds} as bigint))"
