"""A small province, hand-made event logs, and watchers that read them."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.operators import Operator
from province.places import Commune, CommuneKind, Province, Village
from province.topology import Link, Node, NodeKind, Technology
from simulators.milliseconds import stamp
from simulators.watchers.beats import read_beats
from simulators.watchers.memory import Memory
from simulators.watchers.reporter import Reporter
from simulators.watchers.service import WATCHERS
from simulators.world.topology import Topology

START = 1_772_413_200_000
"""2026-03-02T01:00:00Z, in milliseconds."""
INTERVAL = 30

Said = Mapping[str, Any]


def make_inventory() -> Inventory:
    """Return four villages with a probe each, on two cards of one terminal, and a canary.

    All villages hang on one feeder; the first has a sensor besides.
    """
    villages = [f"v{number}" for number in range(1, 5)]
    return Inventory(
        provinces=(Province(code="66", name="P"),),
        operators=(Operator(code="o", name="O"),),
        communes=(
            Commune(
                code="c",
                province="66",
                name="C",
                name_ascii="C",
                kind=CommuneKind.COMMUNE,
                lat=12.0,
                lon=108.0,
                population=1000,
                area_km2=10.0,
            ),
        ),
        villages=tuple(
            Village(code=village, commune="c", name=village, households=100) for village in villages
        ),
        nodes=(
            Node(code="feeder", kind=NodeKind.POWER_FEEDER, name="feeder"),
            Node(code="core", kind=NodeKind.OPERATOR_CORE, name="core", operator="o"),
            Node(code="olt", kind=NodeKind.OLT, name="olt", parents=("core",), operator="o"),
            Node(code="card1", kind=NodeKind.CARD, name="card1", parents=("olt",), operator="o"),
            Node(code="card2", kind=NodeKind.CARD, name="card2", parents=("olt",), operator="o"),
        ),
        links=tuple(
            Link(
                code=f"{village}-l",
                village=village,
                operator="o",
                technology=Technology.FTTH,
                node="card1" if village in villages[:2] else "card2",
            )
            for village in villages
        ),
        devices=(
            *(_device(f"{village}-p1", village) for village in villages),
            _device("v1-rain", "v1", DeviceKind.SENSOR),
            _device("canary", None, DeviceKind.CANARY),
        ),
    )


def _device(code: str, village: str | None, kind: DeviceKind = DeviceKind.LINK_PROBE) -> Device:
    return Device(
        code=code,
        kind=kind,
        name=code,
        commune="c",
        village=village,
        link=village and f"{village}-l",
        power_node=village and "feeder",
        interval_seconds=INTERVAL,
    )


ALL = ("v1-p1", "v2-p1", "v3-p1", "v4-p1", "v1-rain", "canary")


def message(at: float, device: str, channel: str = "telemetry", **changes: object) -> bytes:
    """Return the line of a message that came `at` seconds after the start."""
    line = {
        "received_at": stamp(START + round(at * 1000)),
        "kind": "message",
        "topic": f"srepok/v1/66/c/{device}/{channel}",
        "qos": 1,
        "retain": False,
        "payload": {"seq": 1, "interval_s": INTERVAL},
        **changes,
    }
    return _line(line)


def other(at: float, kind: str, **fields: object) -> bytes:
    """Return a line of another kind."""
    return _line({"received_at": stamp(START + round(at * 1000)), "kind": kind, **fields})


def _line(line: Mapping[str, object]) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def beats(
    seconds: float, silent: Mapping[str, tuple[float, float]] | None = None
) -> Iterator[bytes]:
    """Yield the log of a run in which each device reports every 30 s, one after the other.

    Args:
        seconds: how long it is.
        silent: from when to when a device is not heard.
    """
    yield other(0, "header", format="srepok-events/1")
    turn = 0
    while turn * INTERVAL < seconds:
        for number, device in enumerate(ALL):
            at = turn * INTERVAL + number * 2 + 1
            start, end = (silent or {}).get(device, (seconds, seconds))
            if at < seconds and not start <= at < end:
                yield message(at, device)
        turn += 1
    yield other(seconds, "end")


def watched(
    name: str, lines: Iterable[bytes], memory: Memory | None = None
) -> tuple[list[Said], Memory]:
    """Return what a watcher says of an event log, and what it remembers."""
    file = io.StringIO()
    watcher = WATCHERS[name](Topology(make_inventory()), Reporter(file))
    if memory is not None:
        watcher.recall(memory)
    for beat in read_beats(lines, "events"):
        watcher.take(*beat)
    return [json.loads(line) for line in file.getvalue().splitlines()], watcher.remember()


def seconds_of(said: Said, name: str = "at") -> float:
    """Return a time of a line in seconds from the start."""
    hours, minutes, seconds = said[name][11:-1].split(":")
    return (int(hours) - 1) * 3600 + int(minutes) * 60 + float(seconds)


def incidents(said: Iterable[Said]) -> list[tuple[float, str, str]]:
    """Return time, action and object of each line about an incident."""
    return [
        (seconds_of(line), line["action"], line["incident"].partition("/")[0])
        for line in said
        if line["kind"] == "incident"
    ]


def states(said: Iterable[Said]) -> list[tuple[float, str, str]]:
    """Return time, village and state of each line about a village."""
    return [
        (seconds_of(line), line["village"], line["state"])
        for line in said
        if line["kind"] == "village"
    ]
