"""Ten thousand messages of rubbish: each becomes what the contract says, and the good goes on."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import pytest

from province.devices import Device, DeviceKind
from runtime.broker.connection import Connection
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from runtime.database.connection import connect
from tests.faults.contract import Outcome, Row, is_delivered, judge
from tests.faults.rubbish import Rubbish, make_rubbish
from tests.inbox import Inbox
from tests.ingest.bench import refuse_links
from tests.stock import topics_of
from tests.traffic import Key
from tests.waiting import eventually_true
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MESSAGES: Final = 10_000
SEED: Final = 20261123

WHOLE: Final = {"topic", "oversize", "unknown_device", "wrong_place", "malformed"}
"""Reasons for which the whole message is kept, byte for byte."""

ROWS: Final = """
    SELECT 'link_reports', device_code, coalesce(device_time, observed_at), boot_id, seq
    FROM link_reports JOIN devices USING (device_id)
"""
READINGS: Final = """
    SELECT 'sensor_readings', device_code, coalesce(device_time, observed_at), metric
    FROM sensor_readings JOIN devices USING (device_id) JOIN metrics USING (metric_id)
"""
PRESENCE: Final = """
    SELECT 'presence_events', device_code, boot_id, seq, presence_events.kind
    FROM presence_events JOIN devices USING (device_id)
"""

Letters = Counter[tuple[object, ...]]


def reason_of(reason: str, topic: str) -> str:
    """Return a reason as it is compared: of any bytes, two readers of CBOR need not agree
    whether they are CBOR that is no report, or none."""
    unsure = topic.endswith("telemetry-cbor") and reason in {"malformed", "invalid"}
    return "malformed or invalid" if unsure else reason


def expected_letters(judged: Iterable[tuple[Rubbish, Outcome]]) -> tuple[Letters, Letters]:
    """Return how many letters there are of each topic and reason, and of each whole payload."""
    reasons: Letters = Counter()
    payloads: Letters = Counter()
    for (topic, payload), outcome in judged:
        for reason in outcome.reasons:
            said = reason_of(reason, topic)
            reasons[topic, said] += 1
            if said in WHOLE:
                payloads[topic, said, payload] += 1
    return reasons, payloads


async def kept_letters(world: World) -> tuple[Letters, Letters]:
    reasons: Letters = Counter()
    payloads: Letters = Counter()
    for topic, reason, payload, times in await world.rows(
        "SELECT topic, reason, payload, occurrences FROM dead_letters"
    ):
        said = reason_of(reason, topic)
        reasons[topic, said] += times
        if said in WHOLE:
            payloads[topic, said, payload] += times
    return reasons, payloads


async def stored_rows(world: World, ledger: Mapping[Key, float]) -> set[Row]:
    """Return the rows that are not the publisher's, which has sequence numbers of its own."""
    published = {(device, claim) for table, device, _, claim in ledger if table[0] == "s"}
    seqs = {key[3] for key in ledger}
    links = [row for row in await world.rows(ROWS) if row[4] not in seqs]
    readings = [row for row in await world.rows(READINGS) if (row[1], row[2]) not in published]
    presence = [row for row in await world.rows(PRESENCE) if row[3] not in seqs]
    return {*links, *readings, *presence}


async def publish_all(world: World, rubbish: list[Rubbish]) -> None:
    address, options = world.broker_address("gateway"), SessionOptions(client_id="rubbish")
    connection = Connection(1, address, options, Inbox(), SystemClock(), clean_start=True)
    await connection.open()
    for start in range(0, len(rubbish), 200):
        part = rubbish[start : start + 200]
        await asyncio.gather(*(connection.publish(topic, payload) for topic, payload in part))
    await connection.close()


async def refuse_in_the_database(world: World, topic: str, now: datetime) -> Rubbish:
    """Return a message that passes every check of ours, and that the database now refuses."""
    async with await connect(world.database, "tests") as connection:
        await refuse_links(connection, "NEW.clients = 666")
    report = {"observed_at": now.isoformat(), "boot_id": 1, "seq": 1, "values": {"clients": 666}}
    return topic, json.dumps(report).encode()


async def test_rubbish_becomes_what_the_contract_says_and_the_good_goes_on(world: World) -> None:
    now = SystemClock().now()
    topics = topics_of(world.inventory, DeviceKind.LINK_PROBE)[:5]
    topics += topics_of(world.inventory, DeviceKind.SENSOR)[:5]
    devices: dict[str, Device] = {device.code: device for device in world.inventory.devices}
    rubbish = list(make_rubbish(topics, now, MESSAGES, SEED))
    judged = [(each, judge(*each, devices, now)) for each in rubbish if is_delivered(each[0])]
    not_storable = await refuse_in_the_database(world, topics[0], now)
    judged.append((not_storable, Outcome(reasons={"not_storable"})))
    # Rubbish goes where the access list would not let it: the broker's is opened for it.
    (world.directory / "broker" / "acl").write_text(
        "topic readwrite #\nuser ingest\ntopic readwrite #\nuser gateway\ntopic readwrite #\n"
    )
    world.broker.reload()
    await world.ingest.start()
    async with world.publisher(per_second=200) as publisher:
        await publish_all(world, [*rubbish, not_storable])
        await publisher.confirmed(50)
    published = len(judged) + publisher.ledger.messages

    async def settled() -> bool:
        return await world.ingest.metric("srepok_ingest_messages_settled_total") >= published

    await eventually_true(settled)
    lost, twice = await world.differences(publisher.ledger)
    assert not lost
    assert not twice & publisher.ledger.records.keys()
    await world.check_accounts()
    ((messages,),) = await world.rows("SELECT sum(messages)::int FROM ingest_minutes")
    assert messages == published
    for kept, expected in zip(await kept_letters(world), expected_letters(judged), strict=True):
        assert kept == expected, (list((kept - expected).items()), list((expected - kept).items()))
    rows = set().union(*(outcome.rows for _, outcome in judged))
    stored = await stored_rows(world, publisher.ledger.records)
    assert stored == rows, (list(stored - rows)[:5], list(rows - stored)[:5])
    reasons = {reason for _, outcome in judged for reason in outcome.reasons}
    assert len(reasons) == len(WHOLE) + 6, reasons
    assert world.ingest.log.count("connected to broker") == 1, (
        "the connection was lost over rubbish"
    )
