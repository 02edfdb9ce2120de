"""Builds that are killed, on any engine.

`make faults` kills as often as the numbers below say; a run of the whole suite a quarter as often.
"""

import os
import random

from . import shop
from .contents import TABLES, Contents, differing
from .worlds import BUILD, STATES, World

KILLS = {"duckdb": 52, "postgres": 20}
SHARE = 1.0 if os.getenv("ABSTATS_FAULTS") else 0.25


def kills_on(engine: str) -> int:
    """How many builds this run kills."""
    return round(KILLS[engine] * SHARE)


def first_builds_killed(world: World, rng: random.Random, kills: int) -> int:
    """From an empty warehouse: a table is not there yet, or whole; how many were killed."""
    nothing: Contents = dict.fromkeys(TABLES)
    state = STATES[0]
    shop.read(world.warehouse, state)
    world.warehouse.forget()
    killed = 0
    while killed < kills:
        killed += _is_killed(world, (killed + rng.random()) / kills)
        assert not differing(world.warehouse.contents(), nothing, world.undisturbed[state])
    world.heals(state)
    return killed


def builds_killed(world: World, rng: random.Random, kills: int) -> int:
    """Each build finds other rows and what the killed one before it left; how many were killed."""
    found = world.warehouse.contents()
    killed = 0
    while killed < kills:
        state = STATES[(killed + 1) % 2]
        shop.read(world.warehouse, state)
        killed += _is_killed(world, (killed + rng.random()) / kills)
        before, found = found, world.warehouse.contents()
        assert not differing(found, before, world.undisturbed[state])
    for state in STATES:
        world.heals(state)
    return killed


def _is_killed(world: World, share: float) -> bool:
    """Kill a build when it has run for this share of its time; did it still run?"""
    ended = world.dbt.run(*BUILD, kill_after=world.seconds * share)
    assert ended.was_killed or ended.code == 0, ended.output
    return ended.was_killed
