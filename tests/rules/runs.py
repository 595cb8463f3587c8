"""Runs of the engine over simulated scenarios."""

import io
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from province.inventory import Inventory
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.engine.state import State
from rules.replay import replay
from simulators.generate import generate_province
from simulators.offline.run import run_offline
from simulators.scenarios.model import Scenario
from simulators.scenarios.reader import load_scenario
from simulators.world.cast import with_intervals
from simulators.world.production import Play

Line = dict[str, Any]


@dataclass(frozen=True)
class Recorded:
    """A scenario that was played: what a watcher reads, and what was true."""

    inventory: Inventory
    network: Network
    events: list[bytes]
    truth: list[Line]

    @property
    def faults(self) -> list[Line]:
        return [line for line in self.truth if line["kind"] == "fault"]


@lru_cache(maxsize=4)
def record(name: str, scale: float = 0.03, seed: int = 1) -> Recorded:
    """Play a scenario of the library."""
    return play(load_scenario(name), scale, seed)


def play(scenario: Scenario, scale: float = 0.03, seed: int = 1) -> Recorded:
    """Play a scenario."""
    conditions = scenario.conditions
    province = generate_province(seed, scale, wrong_edges=conditions.wrong_edges)
    events, truth = io.BytesIO(), io.StringIO()
    run_offline(Play(scenario, province.true, seed), [events], truth=truth)
    inventory = with_intervals(province.published, conditions)
    return Recorded(
        inventory,
        Network(inventory),
        events.getvalue().splitlines(),
        [json.loads(line) for line in truth.getvalue().splitlines()],
    )


def decide(
    recorded: Recorded, events: list[bytes] | None = None, state: State | None = None
) -> tuple[list[Line], State]:
    """Return what the engine says of the events, and its state in the end."""
    engine = Engine(recorded.network, state)
    out = io.StringIO()
    replay(recorded.events if events is None else events, "events", engine, out)
    return [json.loads(line) for line in out.getvalue().splitlines()], engine.state


def opened(lines: list[Line], *classes: str) -> list[Line]:
    """Return the incidents that people are told of, of these classes."""
    return [
        line
        for line in lines
        if line["kind"] == "incident"
        and line["action"] == "open"
        and line["notified"]
        and line["class"] in classes
    ]
