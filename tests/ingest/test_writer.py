"""The writer against a real database: idempotent, accounted, kept in one piece."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from psycopg import AsyncConnection, DataError
from psycopg.rows import dict_row

from ingest import accounts
from ingest.batch import Batch
from ingest.decode import Decoder
from ingest.inventory import latest_revision, load_registry
from ingest.letters import find, replay
from ingest.registry import Registry
from ingest.writer import Writer, Written
from province.devices import DeviceKind
from province.inventory import Inventory
from runtime.broker.message import Message
from runtime.database.capabilities import detect_capabilities
from runtime.database.connection import DatabaseAddress, connect
from tests.ingest.make import LIMITS, NOW, make_message, make_report
from tests.stock import topics_of

pytestmark = pytest.mark.servers

EARLIER = NOW - timedelta(minutes=10)


class Bench:
    """A writer with the rights of ingest, and a look at what it wrote."""

    def __init__(self, writer: Writer, registry: Registry, connection: AsyncConnection) -> None:
        self.writer = writer
        self.registry = registry
        self.connection = connection

    def decode(self, *messages: Message) -> Batch:
        batch = Batch()
        decoder = Decoder(self.registry, LIMITS)
        for message in messages:
            decoder.decode(message, batch)
        return batch

    async def write(self, *messages: Message) -> Written:
        return await self.writer.write(self.decode(*messages))

    async def rows(self, table: str) -> list[dict[str, Any]]:
        async with self.connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(f"SELECT * FROM {table}".encode())  # noqa: S608 - the test's own word
            return await cursor.fetchall()

    async def balanced(self) -> bool:
        since = NOW - timedelta(days=30)
        totals = await accounts.totals(self.connection, since)
        letters = await accounts.letters(self.connection, since)
        different = await accounts.differences(self.connection, since)
        return totals.balanced and letters.balanced and not different


@pytest_asyncio.fixture
async def bench(stocked_url: str) -> AsyncIterator[Bench]:
    address = DatabaseAddress.from_url(stocked_url)
    async with await connect(address, "tests") as connection:
        await connection.execute("SET ROLE srepok_ingest")
        writer = Writer(
            connection, await detect_capabilities(connection), "1", timedelta(seconds=20)
        )
        await writer.prepare()
        registry = await load_registry(connection, await latest_revision(connection), "66")
        yield Bench(writer, registry, connection)


@pytest.fixture
def probe(inventory: Inventory) -> str:
    return topics_of(inventory, DeviceKind.LINK_PROBE)[0]


@pytest.fixture
def sensor(inventory: Inventory) -> str:
    return topics_of(inventory, DeviceKind.SENSOR)[0]


def code_of(topic: str) -> str:
    return topic.split("/")[4]


async def test_a_report_is_stored_once_however_often_it_comes(bench: Bench, probe: str) -> None:
    message = make_message(probe)
    assert await bench.write(message, message) == Written(stored=1, duplicate=1, rejected=0)
    assert await bench.write(message) == Written(stored=0, duplicate=1, rejected=0)
    (row,) = await bench.rows("link_reports")
    assert row["rtt_p50_ms"] == 12.5
    assert row["skew"] == "ok"
    assert row["observed_at"] == datetime(2026, 11, 23, 13, 37, tzinfo=UTC)
    assert await bench.balanced()


async def test_a_corrected_report_is_stored_once_though_it_arrives_at_other_times(
    bench: Bench, probe: str
) -> None:
    ahead = "2026-11-23T15:00:00Z"
    first = make_message(probe, observed_at=ahead)
    again = make_message(probe, observed_at=ahead, received_at=NOW + timedelta(minutes=3))
    assert (await bench.write(first)).stored == 1
    assert await bench.write(again) == Written(stored=0, duplicate=1, rejected=0)
    (row,) = await bench.rows("link_reports")
    assert (row["observed_at"], row["skew"]) == (NOW, "ahead")
    assert row["device_time"] == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert await bench.balanced()


async def test_readings_and_wills_are_stored_once_too(
    bench: Bench, probe: str, sensor: str
) -> None:
    will = b'{"state":"offline","reason":"will","boot_id":1,"connection":4}'
    status = probe.replace("telemetry", "status")
    first = [make_message(sensor, values={"pm2_5_ugm3": 9}), make_message(status, will)]
    again = [replace(message, received_at=NOW + timedelta(minutes=2)) for message in first]
    assert (await bench.write(*first)).stored == 2
    assert await bench.write(*again) == Written(stored=0, duplicate=2, rejected=0)
    assert len(await bench.rows("sensor_readings")) == 1
    assert len(await bench.rows("presence_events")) == 1
    assert await bench.balanced()


async def test_a_clock_ahead_stores_a_reading_once(bench: Bench, sensor: str) -> None:
    ahead = {"observed_at": "2026-11-23T15:00:00Z", "values": {"pm2_5_ugm3": 9}}
    payload = json.dumps(make_report(**ahead)).encode()
    await bench.write(make_message(sensor, payload))
    later = make_message(sensor, payload, received_at=NOW + timedelta(minutes=2))
    assert (await bench.write(later)).duplicate == 1
    assert await bench.balanced()


async def test_a_backfill_never_hides_the_present(bench: Bench, probe: str, sensor: str) -> None:
    new = make_message(probe, seq=9)
    old = make_message(
        probe, seq=5, observed_at="2026-11-23T12:00:00Z", backfill=True, values={"clients": 3}
    )
    air = make_message(sensor, values={"pm2_5_ugm3": 9})
    old_air = make_message(sensor, values={"pm2_5_ugm3": 1}, observed_at="2026-11-23T12:00:00Z")
    await bench.write(new, air)
    await bench.write(old, old_air)
    states = {row["device_id"]: row for row in await bench.rows("device_states")}
    state = states[bench.registry.devices[code_of(probe)].device_id]
    assert (state["seq"], state["rtt_p50_ms"]) == (9, 12.5)
    (latest,) = await bench.rows("sensor_states")
    assert latest["value"] == 9


async def test_a_status_changes_presence_and_not_the_report(bench: Bench, probe: str) -> None:
    status = probe.replace("telemetry", "status")
    await bench.write(make_message(probe))
    await bench.write(make_message(status, b'{"state":"online","boot_id":1,"connection":1}'))
    (state,) = await bench.rows("device_states")
    assert (state["online"], state["online_changed_at"], state["seq"]) == (True, NOW, 77)
    later = NOW + timedelta(minutes=1)
    payload = b'{"state":"offline","reason":"will","boot_id":1,"connection":1}'
    await bench.write(make_message(status, payload, received_at=later))
    (state,) = await bench.rows("device_states")
    assert (state["online"], state["online_changed_at"], state["seq"]) == (False, later, 77)


async def test_the_same_dead_letter_is_counted_not_kept_twice(bench: Bench, probe: str) -> None:
    rubbish = make_message(probe, b"rubbish \x00\xff")
    assert await bench.write(rubbish, rubbish) == Written(stored=0, duplicate=0, rejected=2)
    await bench.write(replace(rubbish, received_at=NOW + timedelta(minutes=1)))
    (letter,) = await bench.rows("dead_letters")
    assert letter["occurrences"] == 3
    assert letter["payload"] == b"rubbish \x00\xff"
    assert letter["device_code"] == code_of(probe)
    assert (letter["first_received_at"], letter["last_received_at"]) == (
        NOW,
        NOW + timedelta(minutes=1),
    )
    assert await bench.balanced()


async def test_rubbish_that_text_cannot_hold_is_kept_all_the_same(bench: Bench) -> None:
    written = await bench.write(make_message("no\0such \ud800 topic", b""))
    assert written.rejected == 1
    (letter,) = await bench.rows("dead_letters")
    assert letter["topic"] == "no\\0such \\ud800 topic"


async def test_a_value_the_database_refuses_rolls_the_whole_batch_back(
    bench: Bench, probe: str
) -> None:
    event = (
        b'{"event":"boot","observed_at":1795441020000,"boot_id":1,"seq":1,"detail":{"x":"\\u0000"}}'
    )
    with pytest.raises(DataError):
        await bench.write(
            make_message(probe), make_message(probe.replace("telemetry", "event"), event)
        )
    assert await bench.rows("link_reports") == []
    assert await bench.rows("ingest_minutes") == []
    assert (await bench.write(make_message(probe))).stored == 1


async def test_the_check_finds_a_row_that_nobody_accounted_for(bench: Bench, probe: str) -> None:
    await bench.write(make_message(probe))
    assert await bench.balanced()
    await bench.connection.execute("RESET ROLE")
    await bench.connection.execute("DELETE FROM link_reports")
    (difference,) = await accounts.differences(bench.connection, NOW - timedelta(hours=1))
    assert (difference.accounted, difference.counted) == (1, 0)
    assert difference.minute == NOW.replace(second=0)
    assert not await bench.balanced()


async def test_a_dead_letter_is_replayed_once_the_inventory_knows_its_device(
    bench: Bench, probe: str
) -> None:
    topic = probe.replace(code_of(probe), "newcomer")
    await bench.write(make_message(topic, received_at=EARLIER, observed_at="2026-11-23T13:20:00Z"))
    (letter,) = await find(bench.connection, reason="unknown_device", waiting=True)
    decoder = Decoder(bench.registry, LIMITS)
    outcomes = [
        each async for each in replay(bench.connection, bench.writer, decoder, [letter], NOW)
    ]
    assert [outcome.accepted for outcome in outcomes] == [False]
    known = replace(bench.registry.devices[code_of(probe)], code="newcomer")
    devices = {**bench.registry.devices, "newcomer": known}
    decoder = Decoder(replace(bench.registry, devices=devices), LIMITS)
    for expected in ("stored 1, duplicate 0", "stored 0, duplicate 1"):
        outcomes = [
            each async for each in replay(bench.connection, bench.writer, decoder, [letter], NOW)
        ]
        assert [outcome.outcome for outcome in outcomes] == [expected]
    (row,) = await bench.rows("link_reports")
    assert row["received_at"] == EARLIER
    assert await find(bench.connection, waiting=True) == []
    assert await bench.balanced()


async def test_roll_ups_hear_of_every_minute_that_was_written(bench: Bench, probe: str) -> None:
    await bench.write(make_message(probe))
    capabilities = await detect_capabilities(bench.connection)
    marks = await bench.rows("rollup_marks")
    if capabilities.continuous_aggregates:
        assert marks == []
    else:
        (mark,) = marks
        assert mark["relation"] == "link_reports"
        assert mark["bucket"] == datetime(2026, 11, 23, 13, 37, tzinfo=UTC)
