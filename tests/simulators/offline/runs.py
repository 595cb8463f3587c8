"""Short offline runs, read back."""

import io
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from province.inventory import Inventory
from simulators.offline.run import run_offline
from simulators.scenarios.model import Scenario
from simulators.scenarios.reader import parse_scenario
from simulators.world.production import Play

Line = dict[str, Any]

QUIET = {"missed": "0%", "stalls": 0.0, "silences": 0.0}
"""Conditions without noise."""


def make_scenario(*faults: Line, lasts: str = "1h", conditions: Line | None = None) -> Scenario:
    scenario = {
        "title": "A trial",
        "story": "Told by the test.",
        "start": "2026-03-02T08:00:00+07:00",
        "lasts": lasts,
        "conditions": QUIET if conditions is None else conditions,
        "faults": faults,
    }
    # JSON is YAML too.
    return parse_scenario(json.dumps(scenario).encode(), "trial", "trial.yaml")


@dataclass
class Run:
    """What a run wrote."""

    events: list[Line]
    truth: list[Line]
    data: bytes
    second: list[Line] = field(default_factory=list)

    def of(self, kind: str, **wanted: str) -> list[Line]:
        return [
            line for line in self.events if line["kind"] == kind and wanted.items() <= line.items()
        ]

    def payloads(self, device: str, channel: str = "telemetry") -> list[Line]:
        """Return the payloads of a device, each with its `received_at`."""
        return self._by_device.get((device, channel), [])

    @cached_property
    def _by_device(self) -> dict[tuple[str, str], list[Line]]:
        found: dict[tuple[str, str], list[Line]] = {}
        for line in self.of("message"):
            *_, device, channel = line["topic"].split("/")
            body = line["payload"] | {"received_at": line["received_at"]}
            found.setdefault((device, channel), []).append(body)
        return found

    @property
    def faults(self) -> list[Line]:
        return [line for line in self.truth if line["kind"] == "fault"]


def play(scenario: Scenario, inventory: Inventory, seed: int = 1, *, faults: bool = True) -> Run:
    events, second, truth = _Kept(), _Kept(), io.StringIO()
    chosen = Play(scenario, inventory, seed, faults=faults)
    run_offline(chosen, [events], lambda: [second], truth)
    events.seek(0)
    data = events.read()
    second.seek(0)
    return Run(_lines(data), _lines(truth.getvalue()), data, _lines(second.read()))


class _Kept(io.BytesIO):
    """A file that can be read after its writer has closed it."""

    def close(self) -> None:
        pass


def _lines(text: bytes | str) -> list[Line]:
    return [json.loads(line) for line in text.splitlines()]


def minutes(line: Line, key: str = "received_at") -> float:
    """Return how many minutes after its start something happened in a run."""
    start = datetime.fromisoformat("2026-03-02T08:00:00+07:00")
    return (datetime.fromisoformat(line[key]) - start).total_seconds() / 60
