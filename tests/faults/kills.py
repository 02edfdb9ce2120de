"""Builds that are killed, on any engine.

`make faults` kills as often as the numbers below say; a run of the whole suite a sixth as often.
"""

import os
import random

from . import shop
from .contents import TABLES, Contents, differing
from .worlds import BUILD, STATES, World

KILLS = {"duckdb": 52, "postgres": 20}
HEALED_AFTER = 10
SHARE = 1.0 if os.getenv("ABSTATS_FAULTS") else 1 / 6


def kills_on(engine: str) -> tuple[int, int]:
    """How many first builds this run kills, and how many later ones: three times as many."""
    kills = round(KILLS[engine] * SHARE)
    first = max(1, kills // 4)
    return first, kills - first


def first_builds_killed(world: World, rng: random.Random, kills: int) -> None:
    """From an empty warehouse: a table is not there yet, or whole."""
    nothing: Contents = dict.fromkeys(TABLES)
    state = STATES[0]
    shop.read(world.warehouse, state)
    world.warehouse.forget()
    for share in _shares(rng, kills):
        _kill(world, share)
        assert not differing(world.warehouse.contents(), nothing, world.undisturbed[state])
    world.heals(state)


def builds_killed(world: World, rng: random.Random, kills: int) -> None:
    """Each build finds other rows and what the killed one before it left.

    After every tenth, and the last, comes a build that nobody disturbs.
    """
    found = world.warehouse.contents()
    for killed, share in enumerate(_shares(rng, kills), start=1):
        state = STATES[killed % 2]
        shop.read(world.warehouse, state)
        _kill(world, share)
        before, found = found, world.warehouse.contents()
        assert not differing(found, before, world.undisturbed[state])
        if killed == kills or killed % HEALED_AFTER == 0:
            world.heals(STATES[killed // HEALED_AFTER % 2])
            found = world.warehouse.contents()


def _shares(rng: random.Random, kills: int) -> list[float]:
    """Random shares of a build's time, in no order, that leave out no part of it."""
    return [(place + rng.random()) / kills for place in rng.sample(range(kills), kills)]


def _kill(world: World, share: float) -> None:
    """Kill a build when it has run for this share of its time."""
    seconds = world.seconds
    while True:
        ended = world.dbt.run(*BUILD, kill_after=seconds * share)
        if ended.was_killed:
            return
        assert ended.code == 0, ended.output
        # The machine has become faster.
        seconds = ended.seconds
