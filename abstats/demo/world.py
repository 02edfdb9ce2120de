"""The steps that build the demo world on an open connection."""

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from typing import NamedTuple

import duckdb

from abstats.demo.experiments import EXPERIMENTS, FOLLOW_UP_DAYS, HISTORY_DAYS, START_AT
from abstats.demo.true_metrics import TRUE_METRICS

MOVIES = 240
CHUNK_USERS = 25_000  # bounds memory: one chunk's events are held at a time

_FIT = (
    ("macros", "preparing"),
    ("movies", "making movies"),
    ("viewers", "making viewers"),
    ("ratings", "writing the ratings history"),
    ("fit_collaborative", "fitting collaborative filtering"),
    ("fit_content", "fitting the content model"),
    ("fit_popularity", "fitting the baseline"),
    ("log_catalogue", "logging viewers and movies"),
    ("prepare_truth", "preparing"),
)
_SERVE = (
    ("rank_movies", "ranking movies"),
    ("expect_responses", "ranking movies"),
    ("serve_requests", "serving requests"),
    ("draw_events", "drawing events"),
    ("log_events", "logging events"),
    ("add_true_sums", "adding up true effects"),
)
_FINISH = (("write_true_effects", "writing true effects"),)


class World(NamedTuple):
    """What decides a demo world.

    Attributes:
        users: Viewers that ever sign up.
        days: Days during which the experiments take in viewers.
        seed: Seed of every draw.
    """

    users: int
    days: int
    seed: int


def build(connection: duckdb.DuckDBPyConnection, world: World) -> Iterator[tuple[str, float]]:
    """Build schema `raw` step by step; yields what comes next and the fraction done.

    The temporary tables of the last chunk stay on the connection: tastes, slates, chances.
    """
    _declare(connection, world)
    create_tables(connection)
    chunks = range(0, world.users, CHUNK_USERS)
    steps = len(_FIT) + len(chunks) * len(_SERVE) + len(_FINISH)
    done = 0
    for name, label in _FIT:
        yield label, done / steps
        connection.execute(_sql(name))
        done += 1
        if name == "macros":
            _declare_experiments(connection)
    for first in chunks:
        _set(connection, "chunk_from", first)
        _set(connection, "chunk_to", min(first + CHUNK_USERS, world.users))
        for name, label in _SERVE:
            yield label, done / steps
            connection.execute(_sql(name))
            done += 1
    for name, label in _FINISH:
        yield label, done / steps
        connection.execute(_sql(name))
        done += 1


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of schema `raw` anew, empty, in the connection's current database."""
    connection.execute(_sql("create_tables"))


def _declare(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    end_at = START_AT + timedelta(days=world.days)
    _set(connection, "users", world.users)
    _set(connection, "seed", world.seed)
    _set(connection, "movies", MOVIES)
    _set(connection, "log_days", HISTORY_DAYS + world.days + FOLLOW_UP_DAYS)
    _set(connection, "log_start_at", START_AT - timedelta(days=HISTORY_DAYS))
    _set(connection, "start_at", START_AT)
    _set(connection, "end_at", end_at)
    _set(connection, "log_end_at", end_at + timedelta(days=FOLLOW_UP_DAYS))


def _declare_experiments(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(_sql("declare_experiments"))
    for experiment in EXPERIMENTS:
        weight_from = 0.0
        for arm in experiment.arms:
            is_last = arm is experiment.arms[-1]
            weight_to = 1.0 if is_last else weight_from + arm.weight
            connection.execute(
                "insert into arm values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    experiment.experiment_id,
                    arm.variant_id,
                    experiment.surface,
                    arm.model,
                    weight_from,
                    weight_to,
                    arm is experiment.arms[0],
                    arm.slowness,
                    experiment.window_days,
                ],
            )
            weight_from = weight_to
    connection.executemany(
        "insert into true_metric values (?, ?, ?, ?, ?)", [list(metric) for metric in TRUE_METRICS]
    )


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: object) -> None:
    connection.execute(f"set variable {name} = ?", [value])


def _sql(name: str) -> str:
    return files("abstats.demo").joinpath(f"sql/{name}.sql").read_text(encoding="utf-8")
