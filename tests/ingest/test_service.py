"""The service from end to end, on servers that it finds: whichever broker, whichever edition."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ingest.commands import check
from province.devices import DeviceKind
from province.inventory import Inventory
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from tests.inbox import Inbox
from tests.ingest.make import LIMITS
from tests.ingest.serving import serving, settings_of
from tests.stock import topics_of
from tests.waiting import eventually, eventually_true

pytestmark = pytest.mark.servers

REPORTS = 200


def reports(observed_at: datetime, boot_id: int) -> list[bytes]:
    """Return reports of one device, a second apart, as its payloads."""
    times = (observed_at + timedelta(seconds=number) for number in range(REPORTS))
    return [
        f'{{"observed_at":"{at.strftime("%Y-%m-%dT%H:%M:%SZ")}","boot_id":{boot_id},"seq":{seq},'
        f'"backfill":true,"values":{{"power":"mains","rtt_p50_ms":12.5}}}}'.encode()
        for seq, at in enumerate(times)
    ]


async def publish(address: BrokerAddress, topic: str, payloads: list[bytes]) -> None:
    options = SessionOptions(client_id=f"publisher-{uuid4().hex}")
    sender = Connection(1, address, options, Inbox(), SystemClock(), clean_start=True)
    await sender.open()
    await asyncio.gather(*(sender.publish(topic, payload) for payload in payloads))
    await sender.close()


async def test_what_devices_publish_is_stored_accounted_and_rolled_up(
    stocked_url: str,
    broker_address: BrokerAddress,
    broker_address_of: Callable[[str], BrokerAddress],
    inventory: Inventory,
) -> None:
    database = DatabaseAddress.from_url(stocked_url)
    topic = topics_of(inventory, DeviceKind.LINK_PROBE)[0]
    commune, device = topic.split("/")[3:5]
    began_at = datetime.now(UTC)
    # An hour ago, so that minutes and the hour are over and settled when they are rolled up.
    payloads = reports(began_at.replace(microsecond=0) - timedelta(hours=2), boot_id=77)
    settings = settings_of(communes=commune)
    async with serving(broker_address, database, settings) as running:
        await eventually(lambda: not running.service.missing())
        await publish(broker_address_of("gateway"), topic, [*payloads, *payloads[:5], b"rubbish"])
        # A broker that is shared may bring more than ours.
        await eventually(lambda: running.metric("messages_settled_total") >= REPORTS + 6)
        async with await connect(database, "tests") as connection:

            async def rolled_up() -> bool:
                cursor = await connection.execute(
                    "SELECT coalesce(sum(reports), 0)::int FROM link_reports_1m"
                    " JOIN devices USING (device_id) WHERE device_code = %s",
                    [device],
                )
                return await cursor.fetchone() == (REPORTS,)

            await eventually_true(rolled_up)
            cursor = await connection.execute(
                "SELECT count(*), count(DISTINCT seq) FROM link_reports"
                " JOIN devices USING (device_id) WHERE device_code = %s AND boot_id = 77",
                [device],
            )
            assert await cursor.fetchone() == (REPORTS, REPORTS)
            cursor = await connection.execute(
                "SELECT reason, occurrences FROM dead_letters WHERE device_code = %s", [device]
            )
            assert await cursor.fetchall() == [("malformed", 1)]
        assert running.metric("records_duplicate_total") >= 5
        assert running.metric("database_up") == running.metric("broker_connected") == 1
        await eventually(lambda: running.metric("broker_session_kept") == 1)
        await eventually(lambda: running.metric("last_upkeep_timestamp_seconds") > 0)
        assert running.metric("upkeep_failures_total") == 0
    assert running.drained
    assert await check(database, LIMITS.clock, began_at - timedelta(minutes=1), datetime.now(UTC))


async def test_what_comes_at_qos_0_is_counted(
    stocked_url: str,
    broker_address: BrokerAddress,
    broker_address_of: Callable[[str], BrokerAddress],
    inventory: Inventory,
) -> None:
    database = DatabaseAddress.from_url(stocked_url)
    topic = topics_of(inventory, DeviceKind.LINK_PROBE)[0]
    settings = settings_of(communes=topic.split("/")[3])
    async with serving(broker_address, database, settings) as running:
        await eventually(lambda: not running.service.missing())
        options = SessionOptions(client_id=f"publisher-{uuid4().hex}")
        gateway = broker_address_of("gateway")
        sender = Connection(1, gateway, options, Inbox(), SystemClock(), clean_start=True)
        await sender.open()
        sender._client.publish(topic, b"at most once", qos=0)
        await sender.close()
        await eventually(lambda: running.metric("messages_at_qos0_total") >= 1)
        await eventually(lambda: running.metric("messages_in_flight") == 0)
    assert running.drained
