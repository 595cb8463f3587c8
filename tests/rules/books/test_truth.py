"""The whole way, from what a broker would deliver to the books, against what really happened."""

import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from province.inventory import Inventory
from province.metrics import catalogue
from rules.books.builder import build_days
from rules.books.days import day_of
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.incidents.entries import entry_of
from rules.incidents.fold import Desk
from rules.incidents.geography import Geography
from rules.model import Event, IncidentNotice, Transition
from rules.replay import replay
from rules.store.changes import Change, IncidentChange, WatchChange, apply_changes, number
from runtime.database.inventory import import_inventory
from simulators.scenarios.reader import parse_scenario
from tests.rules.runs import Line, Recorded, play, record

pytestmark = pytest.mark.servers

SCALE = 0.03

_PARTLY_BACK = """
title: Something fails, and while it is away an optical terminal below it fails for longer
story: Most of it is back after half an hour.
start: 2026-03-17T10:00:00+07:00
lasts: 150m
faults:
  - name: above
    fault: cut
    at: 15m
    lasts: 30m
    target: {above}
  - name: below
    fault: cut
    at: 20m
    lasts: 90m
    target: {{kind: olt, operator: viettel, villages: 20, overlaps: above}}
"""

_MAINS_PARTLY_BACK = """
title: The mains fail, and while they are away a feeder fails for longer
story: Most of the mains are back after 40 minutes.
start: 2026-03-17T10:00:00+07:00
lasts: 150m
conditions: {olt_battery: 4h, site_battery: 4h}
faults:
  - name: above
    fault: mains_off
    at: 15m
    lasts: 40m
    target: {kind: power_substation, villages: 60}
  - name: below
    fault: mains_off
    at: 20m
    lasts: 90m
    target: {kind: power_feeder, villages: 20, overlaps: above}
"""


class Recorder(Engine):
    """An engine that keeps what it says, instant by instant."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.said: list[list[Transition]] = []

    def advance(self, events: Iterable[Event], now: float) -> list[Transition]:
        said = super().advance(events, now)
        if said:
            self.said.append(said)
        return said


def changes_of(engine: Recorder, inventory: Inventory, start: float, end: float) -> list[Change]:
    """Return what a service that watched all the time would write."""
    desk = Desk(Geography(inventory))
    changes: list[Change] = [WatchChange("rules-1", start, end)]
    for said in engine.said:
        made = [desk.take(each) for each in said if isinstance(each, IncidentNotice)]
        changes += [IncidentChange(each, entry_of(each)) for each in made]
        changes += number(each for each in said if not isinstance(each, IncidentNotice))
    return changes


def seconds(line: Line, name: str) -> float:
    return datetime.fromisoformat(line[name]).timestamp()


def true_seconds(truth: list[Line], state: str) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for line in truth:
        if line["kind"] == "village" and line["state"] == state:
            found[line["village"]] += seconds(line, "end") - seconds(line, "start")
    return found


async def booked(connection: AsyncConnection, recorded: Recorded) -> dict[str, dict[str, Any]]:
    """Replay a run into the database; return the columns of each village's day."""
    inventory = recorded.inventory
    start, end = (datetime.fromisoformat(recorded.truth[0][edge]) for edge in ("start", "end"))
    await import_inventory(connection, inventory, catalogue().values(), source="tests", now=start)
    engine = Recorder(recorded.network)
    replay(recorded.events, "events", engine, io.StringIO())
    changes = changes_of(engine, inventory, start.timestamp(), end.timestamp())
    await apply_changes(connection, changes)
    day = day_of(int(start.timestamp()))
    await build_days(connection, day, day, end)
    cursor = await connection.execute("SELECT * FROM village_books")
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
    return {row["village_code"]: row for row in rows}


@pytest.mark.parametrize(
    ("name", "cause"), [("ring-cut", "backhaul"), ("operator-outage", "core"), ("storm", None)]
)
async def test_booked_household_minutes_are_within_three_percent_of_the_true_ones(
    connection: AsyncConnection, name: str, cause: str | None
) -> None:
    truth = record(name, SCALE).truth
    places = truth[0]["villages"]
    dark = true_seconds(truth, "dark")

    rows = await booked(connection, record(name, SCALE))

    true_minutes = sum(places[code]["households"] * time / 60 for code, time in dark.items())
    minutes = sum(row["households"] * row["down_seconds"] / 60 for row in rows.values())
    assert true_minutes > 0
    assert minutes == pytest.approx(true_minutes, rel=0.03)
    assert {code for code, row in rows.items() if row["down_seconds"] > 60} == set(dark)
    assert sum(row["sustained"] for row in rows.values()) == len(dark)
    if cause is not None:
        of_cause = sum(row["households"] * row[f"{cause}_seconds"] / 60 for row in rows.values())
        assert of_cause == pytest.approx(minutes)


async def test_an_operators_links_are_booked_for_as_long_as_it_was_away(
    connection: AsyncConnection,
) -> None:
    (fault,) = record("operator-outage", SCALE).faults
    away = seconds(fault, "end") - seconds(fault, "onset")

    await booked(connection, record("operator-outage", SCALE))

    cursor = await connection.execute(
        "SELECT link_code, down_seconds, core_seconds FROM link_books WHERE down_seconds > 60"
    )
    rows = await cursor.fetchall()
    assert sorted(code for code, _, _ in rows) == sorted(fault["links"])
    assert sum(down for _, down, _ in rows) == pytest.approx(away * len(rows), rel=0.03)
    assert all(down == core for _, down, core in rows)


async def test_villages_whose_mains_fail_while_links_hold_are_degraded_for_as_long(
    connection: AsyncConnection,
) -> None:
    degraded = true_seconds(record("feeder-cut", SCALE).truth, "degraded")

    rows = await booked(connection, record("feeder-cut", SCALE))

    assert sum(row["down_seconds"] for row in rows.values()) == 0
    for code, time in degraded.items():
        assert rows[code]["degraded_seconds"] == pytest.approx(time, rel=0.03)


async def test_blind_time_of_our_own_is_unknown_and_nobodys_outage(
    connection: AsyncConnection,
) -> None:
    (blind,) = (line for line in record("broker-restart", SCALE).truth if line["kind"] == "blind")
    span = timedelta(seconds=seconds(blind, "end") - seconds(blind, "start"))

    rows = await booked(connection, record("broker-restart", SCALE))

    run = record("broker-restart", SCALE).truth[0]
    watched = seconds(run, "end") - seconds(run, "start")
    for row in rows.values():
        assert row["down_seconds"] == 0
        before = row["served_seconds"] + row["degraded_seconds"] + row["unknown_seconds"] - watched
        blind_seconds = row["unknown_seconds"] - before
        # Devices have two minutes to come back before silence means anything again.
        assert span.total_seconds() - 5 <= blind_seconds <= span.total_seconds() + 300


@pytest.mark.parametrize(
    "above",
    [
        "{kind: operator_core, operator: viettel, share: 100%}",
        "{kind: aggregation, operator: viettel, villages: 90}",
    ],
)
async def test_what_is_back_and_what_stays_down_is_booked_for_as_long_as_each_was_away(
    connection: AsyncConnection, above: str
) -> None:
    content = _PARTLY_BACK.format(above=above).encode()
    recorded = play(parse_scenario(content, "partly-back", "partly-back.yaml"), SCALE)
    wide, narrow = recorded.faults
    assert not set(wide["links"]).isdisjoint(narrow["links"])
    assert not set(narrow["links"]).issuperset(wide["links"])
    dark = true_seconds(recorded.truth, "dark")

    rows = await booked(connection, recorded)

    assert {code for code, row in rows.items() if row["down_seconds"] > 60} == set(dark)
    for code, time in dark.items():
        assert rows[code]["down_seconds"] == pytest.approx(time, abs=60)
    assert sum(row["down_seconds"] for row in rows.values()) == pytest.approx(
        sum(dark.values()), rel=0.03
    )
    # Who stays dark from one incident to the next was cut off once.
    assert sum(row["sustained"] for row in rows.values()) == len(dark)
    away: dict[str, float] = {}
    for fault in recorded.faults:
        for link in fault["links"]:
            start = min(seconds(each, "onset") for each in recorded.faults if link in each["links"])
            away[link] = seconds(fault, "end") - start
    cursor = await connection.execute(
        "SELECT link_code, down_seconds FROM link_books WHERE down_seconds > 60"
    )
    links: dict[str, float] = dict(await cursor.fetchall())
    # A link of one device is known no better than that one is heard: it may stall meanwhile.
    assert links == pytest.approx(away, abs=150)
    assert sum(links.values()) == pytest.approx(sum(away.values()), rel=0.03)


async def test_mains_that_come_back_in_one_place_and_not_in_another_are_booked_as_it_was(
    connection: AsyncConnection,
) -> None:
    content = _MAINS_PARTLY_BACK.encode()
    recorded = play(parse_scenario(content, "mains-partly", "mains-partly.yaml"), SCALE)
    degraded = true_seconds(recorded.truth, "degraded")

    rows = await booked(connection, recorded)

    assert len({round(time, -2) for time in degraded.values()}) > 1
    for code, time in degraded.items():
        assert rows[code]["degraded_seconds"] == pytest.approx(time, abs=60)
