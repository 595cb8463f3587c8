"""The rules under fire: killed, cut off, lied to; what they said stands, and is said once."""

import asyncio
import io
import json
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from province.dak_lak import load_communes
from province.devices import DeviceKind
from province.inventory import Inventory, read_inventory
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.engine.state import State
from rules.replay import replay
from runtime.clock import SystemClock
from simulators.generate import generate_inventory
from tests.faults.rubbish import make_rubbish
from tests.faults.test_rubbish import publish_all
from tests.rules.fleet import hurried
from tests.rules.receiver import Receiver, receiving
from tests.rules.rules_world import Rules, RulesWorld, make_rules_world
from tests.stock import topics_of
from tests.waiting import eventually, eventually_true
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


INTERVAL = 2.0
"""Seconds between two reports: a machine under load is late by half a second, and no device is."""


@pytest_asyncio.fixture(scope="session")
async def inventory() -> Inventory:
    """Some 60 devices in five communes, each with a report every other second."""
    return hurried(generate_inventory(1, scale=0.1, communes=load_communes()[:5]), INTERVAL)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Somebody who is told."""
    async with receiving() as made:
        yield made


@pytest_asyncio.fixture
async def small(world: World, receiver: Receiver) -> AsyncIterator[RulesWorld]:
    """Broker, database, rules that are not started yet, and a fleet that reports."""
    async with make_rules_world(world, receiver) as made:
        yield made


# Servers are started and killed in a thread: the fleet, too, lives on this event loop, and would
# fall silent meanwhile.


async def stored(small: RulesWorld, incident: str) -> tuple[Any, ...] | None:
    rows = await small.world.rows(
        "SELECT status, root, revision FROM incidents WHERE incident_id = %s", incident
    )
    return rows[0] if rows else None


async def until_stored(small: RulesWorld, incident: str, status: str) -> None:
    async def there() -> bool:
        row = await stored(small, incident)
        return row is not None and row[0] == status

    await eventually_true(there)


async def fail_a_village(small: RulesWorld) -> str:
    """Start the rules and let a village fail; return the name of its incident."""
    await small.rules.start()
    await small.fleet.settle()
    small.fleet.hush(small.fleet.of_village(small.village()))
    incident = str((await small.rules.opens())["incident"])
    # A receiver that was told just before a kill may be told again, under the same name.
    await small.rules.has_noted_a_notice()
    return incident


async def heal(small: RulesWorld, receiver: Receiver, incident: str) -> None:
    """Let the village come back; it was one incident throughout, and told of once each way."""
    small.fleet.wake()
    await small.rules.says("incident cleared", incident=incident)
    assert len(small.rules.said("incident opened", incident=incident)) == 1
    await eventually(lambda: receiver.told(incident, "resolve") == 1)
    assert receiver.told(incident, "raise") == 1
    await until_stored(small, incident, "cleared")


async def test_an_incident_outlives_the_process_that_opened_it(
    small: RulesWorld, receiver: Receiver
) -> None:
    incident = await fail_a_village(small)
    assert receiver.told(incident, "raise") == 1
    for _ in range(2):
        await small.rules.kill()
        await small.rules.start()
    await heal(small, receiver, incident)


async def test_a_broker_that_is_killed_is_no_outage_and_ends_none(
    small: RulesWorld, receiver: Receiver
) -> None:
    incident = await fail_a_village(small)
    await asyncio.to_thread(small.world.broker.kill)
    await small.rules.says("incident opened", class_="pipeline", reason="broker is down")

    async def unknown() -> bool:
        villages = await small.rules.states("villages")
        return villages["unknown"] == len(small.world.inventory.villages)

    await eventually_true(unknown)
    await asyncio.to_thread(small.world.broker.start)
    await heal(small, receiver, incident)


async def test_without_a_database_a_village_is_found_told_and_written_later(
    small: RulesWorld, receiver: Receiver
) -> None:
    await small.rules.start()
    await small.fleet.settle()
    await asyncio.to_thread(small.world.postgres.kill)
    village = small.village()
    small.fleet.hush(small.fleet.of_village(village))
    incident = str((await small.rules.opens())["incident"])
    await small.rules.has_noted_a_notice()
    await small.rules.says("incident opened", class_="pipeline", reason="database is down")
    assert (await small.rules._get("readyz"))[0] == 200
    # A kill while nothing can be written loses nothing, and needs no database to go on.
    await small.rules.kill()
    await small.rules.start()
    await asyncio.to_thread(small.world.postgres.start)
    await until_stored(small, incident, "open")
    await heal(small, receiver, incident)
    rows = await small.world.rows(
        "SELECT kind FROM incident_entries WHERE incident_id = %s ORDER BY entry_id", incident
    )
    assert [kind for (kind,) in rows if kind in {"opened", "cleared"}] == ["opened", "cleared"]
    spells = await small.world.rows(
        "SELECT state FROM village_spells WHERE village_code = %s ORDER BY since", village
    )
    assert "dark" in [state for (state,) in spells]


async def test_ingest_that_is_killed_is_said_and_keeps_nothing_from_being_seen(
    world: World, receiver: Receiver
) -> None:
    await world.ingest.start()
    async with make_rules_world(
        world, receiver, RULES_INGEST_URL=world.ingest.url("readyz")
    ) as small:
        incident = await fail_a_village(small)
        await world.ingest.kill()
        await small.rules.says("incident opened", class_="pipeline", reason="ingest is down")
        await heal(small, receiver, incident)


async def test_what_was_decided_live_a_replay_of_the_journal_decides(small: RulesWorld) -> None:
    await fail_a_village(small)
    await asyncio.to_thread(small.world.broker.kill)
    await asyncio.to_thread(small.world.broker.start)
    small.fleet.wake()
    await small.rules.clears()
    assert await small.rules.stop() == 0
    segments = sorted((small.state / "journal").glob("*.jsonl"))
    lines = [line for each in segments for line in each.read_bytes().splitlines(keepends=True)]
    (kept,) = (small.state / "inventories").glob("*.jsonl")
    series = json.loads(lines[0])["series"]
    out = io.StringIO()
    replay(lines, "journal", Engine(Network(read_inventory(kept)), State(series=series)), out)
    replayed = [json.loads(line) for line in out.getvalue().splitlines()]
    steps = [
        (line["incident"], f"incident {WORDS[line['action']]}", line["reason"])
        for line in replayed
        if line["kind"] == "incident"
    ]
    said = [
        (line["incident"], line["event"], line["reason"])
        for line in small.rules.said()
        if line["event"].startswith("incident ")
    ]
    assert steps == said
    assert len({incident for incident, _, _ in steps}) >= 2


WORDS = {"open": "opened", "update": "changed", "clear": "cleared"}


async def test_rubbish_is_counted_and_the_village_is_found_all_the_same(
    small: RulesWorld, receiver: Receiver
) -> None:
    now = SystemClock().now()
    # Of one device each, far from the village: what a device says of itself, it may spoil.
    topics = topics_of(small.world.inventory, DeviceKind.LINK_PROBE)[-1:]
    topics += topics_of(small.world.inventory, DeviceKind.SENSOR)[-1:]
    (small.world.directory / "broker" / "acl").write_text(
        "topic readwrite #\nuser rules\ntopic readwrite #\nuser gateway\ntopic readwrite #\n"
    )
    small.world.broker.reload()
    await small.rules.start()
    await publish_all(small.world, list(make_rubbish(topics, now, 2000, 20261125)))
    await small.fleet.settle()
    small.fleet.hush(small.fleet.of_village(small.village()))
    incident = str((await small.rules.opens())["incident"])
    assert await small.rules.metric("srepok_rules_messages_refused_total") > 500
    assert await small.rules.metric("srepok_rules_failures_total") == 0
    assert len(small.rules.said("connected to broker")) == 1
    await heal(small, receiver, incident)


async def test_a_process_that_was_stopped_for_a_while_takes_nobody_to_be_silent(
    small: RulesWorld,
) -> None:
    await small.rules.start()
    await small.fleet.settle()
    os.kill(small.rules.pid, signal.SIGSTOP)
    published = small.fleet.published
    await eventually(
        lambda: small.fleet.published > published + 5 * len(small.world.inventory.devices), 60
    )
    os.kill(small.rules.pid, signal.SIGCONT)
    await small.rules.says("incident opened", class_="pipeline", reason="broker is down")
    await small.rules.says("incident cleared", class_="pipeline")
    assert small.rules.opened() == []


async def test_a_second_process_in_one_place_is_refused(small: RulesWorld) -> None:
    await small.rules.start()
    twin = Rules(small.environ, small.world.directory / "broker")
    await twin.start(ready=False)
    assert await twin.end() == 1
    assert f"is in use by process {small.rules.pid}" in twin.log
    assert await small.rules.stop() == 0


async def test_a_second_service_on_one_database_writes_nothing_until_the_first_is_gone(
    small: RulesWorld,
) -> None:
    incident = await fail_a_village(small)
    await until_stored(small, incident, "open")
    elsewhere = small.world.directory / "elsewhere"
    elsewhere.mkdir()
    environ = small.environ | {
        "RULES_NAME": "twin",
        "RULES_STATE_DIRECTORY": str(elsewhere / "state"),
        "RULES_PROBE_PORT": "0",
    }
    twin = Rules(environ, elsewhere)
    await twin.start(ready=False)
    away = await twin.says("database is away, trying on", use="write")
    assert "another rules service writes to database" in str(away["reason"])
    assert "srepok-rules" in str(away["reason"])
    ((status,),) = await small.world.rows(
        "SELECT status FROM incidents WHERE incident_id = %s", incident
    )
    assert status == "open"

    await small.rules.stop()
    await twin.says("database is there again", use="write")
    assert await twin.stop() == 0


async def test_a_damaged_snapshot_and_a_torn_journal_are_said_and_survived(
    small: RulesWorld, receiver: Receiver
) -> None:
    incident = await fail_a_village(small)
    snapshots = small.state / "snapshots"
    await eventually(lambda: len(list(snapshots.glob("*.snapshot"))) == 2)
    await small.rules.kill()
    newest = max(snapshots.glob("*.snapshot"))
    newest.write_bytes(newest.read_bytes()[:-100])
    segment = max((small.state / "journal").glob("*.jsonl"))
    with segment.open("ab") as file:
        file.write(b'{"kind":"message","received_at":"2026-')
    await small.rules.start()
    assert len(small.rules.said("a snapshot cannot be used, looking for the one before")) == 1
    assert len(small.rules.said("the journal has damaged lines, which are passed over")) == 1
    await heal(small, receiver, incident)


async def test_what_people_write_is_exchanged_for_better_only(
    small: RulesWorld, receiver: Receiver
) -> None:
    await small.rules.start()
    good = small.routes.read_text()
    small.routes.write_text("receivers: 7\n")
    await small.rules.says("what people wrote cannot be used; what stood there before goes on")
    assert (await small.rules.states("file_good"))["routes"] == 0
    # Not even a restart stands or falls with it.
    await small.rules.kill()
    await small.rules.start()
    small.routes.write_text(
        good.replace("  hook:", "  other:").replace("receivers: hook", "receivers: other")
    )
    await small.rules.says("what people wrote has changed, and is used", files="routes")
    await small.fleet.settle()
    small.fleet.hush(small.fleet.of_village(small.village()))
    incident = str((await small.rules.opens())["incident"])
    await eventually(lambda: receiver.told(incident, "raise") == 1)
    assert receiver.messages[-1]["data"]["receiver"] == "other"


async def test_an_inventory_that_changes_is_decided_by_at_once(small: RulesWorld) -> None:
    await small.rules.start()
    await small.fleet.settle()
    assert await small.rules.metric("srepok_rules_inventory_revision") == 1
    await small.rename_a_village()

    async def changed() -> bool:
        return await small.rules.metric("srepok_rules_inventory_revision") == 2

    await eventually_true(changed)
    small.fleet.hush(small.fleet.of_village(small.village()))
    opened = await small.rules.opens()
    assert "Renamed" in opened["summary"]


async def test_a_state_directory_that_fails_is_said_and_keeps_nothing_from_being_found(
    world: World, receiver: Receiver
) -> None:
    async with make_rules_world(
        world, receiver, RULES_JOURNAL_SEGMENT_BYTES="4096", RULES_SNAPSHOT_INTERVAL="500ms"
    ) as small:
        await small.rules.start()
        await small.fleet.settle()
        away = small.world.directory / "away"
        for name in ("journal", "snapshots"):
            (small.state / name).rename(away.with_name(name))
        await small.rules.says(
            "the state cannot be written down; decisions go on, and a restart"
            " goes back to the last snapshot"
        )
        status, said = await small.rules._get("readyz")
        assert status == 503
        assert "state" in json.loads(said)["missing"]
        assert await small.rules.metric("srepok_rules_state_writable") == 0
        small.fleet.hush(small.fleet.of_village(small.village()))
        incident = str((await small.rules.opens())["incident"])
        await eventually(lambda: receiver.told(incident, "raise") == 1)
        for name in ("journal", "snapshots"):
            away.with_name(name).rename(small.state / name)
        await small.rules.says("snapshots are written again")
        await small.rules.until_ready()
        # What was decided without a journal is in the first snapshot after it.
        await small.rules.kill()
        await small.rules.start()
        await heal(small, receiver, incident)


async def test_work_that_was_announced_while_it_runs_is_nobodys_alarm(
    small: RulesWorld, receiver: Receiver
) -> None:
    await small.rules.start()
    await small.fleet.settle()
    village = small.village()
    await small.announce_work(village)

    async def known() -> bool:
        lines = [each.read_text() for each in (small.state / "journal").glob("*.jsonl")]
        return any('"kind":"maintenance"' in text for text in lines)

    await eventually_true(known)
    small.fleet.hush(small.fleet.of_village(village))
    opened = await small.rules.opens()
    assert (opened["planned"], opened["notified"]) == (True, False)
    small.fleet.wake()
    await small.rules.clears()
    assert receiver.messages == []


async def test_whoever_is_next_is_told_when_people_call_for_more_attention(
    small: RulesWorld, receiver: Receiver
) -> None:
    routes = small.routes.read_text() + "  escalate: {after: 10h, to: chief}\n"
    hook = next(line for line in routes.splitlines() if line.startswith("  hook:"))
    chief = hook.replace("hook", "chief", 1)
    small.routes.write_text(routes.replace(hook, f"{hook}\n{chief}"))
    incident = await fail_a_village(small)
    await until_stored(small, incident, "open")
    await small.escalate(incident)
    await eventually(lambda: receiver.told(incident, "raise") == 2)
    (escalated,) = (each for each in receiver.messages if each["data"]["receiver"] == "chief")
    assert escalated["data"]["notices"][0]["escalated"]
