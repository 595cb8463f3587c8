"""Ten thousand messages of rubbish, each accounted for, and the pipeline alive behind them."""

import asyncio
import json
from typing import Final

import cbor2
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from province.devices import DeviceKind
from province.instants import format_instant
from runtime.broker.connection import Connection
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.stock import topics_of
from tests.waiting import eventually_true
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

MESSAGES: Final = 10_000
SEED: Final = 20261123

Rubbish = tuple[str, bytes]

# What MQTT allows in a topic: no wildcards, no NUL, no surrogates.
LEVELS = st.text(
    st.characters(exclude_characters="+#/\0", exclude_categories=("Cs", "Cc")), max_size=12
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4)
    ),
    max_leaves=6,
)
FIELDS = ["observed_at", "boot_id", "seq", "uptime_s", "interval_s", "backfill", "values", "x"]
REPORT = {"boot_id": 1, "seq": 1, "values": {"clients": 1}, "observed_at": "2026-11-23T00:00:00Z"}
PAYLOADS = st.one_of(
    st.binary(max_size=300),
    st.integers(0, 255).map(lambda byte: bytes([byte]) * 66_000),
    JSON.map(lambda value: json.dumps(value).encode()),
    JSON.map(cbor2.dumps),
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3).map(
        lambda changes: json.dumps(REPORT | changes).encode()
    ),
    st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=2), max_size=4).map(
        lambda reports: json.dumps([REPORT | changes for changes in reports]).encode()
    ),
)


def make_rubbish(device_topics: list[str]) -> list[Rubbish]:
    """Return messages; the same each time, so that a failure can be looked into."""
    channels = ["telemetry", "telemetry-cbor", "status", "event", "other"]
    known = st.builds(
        lambda topic, channel: topic.rpartition("/")[0] + "/" + channel,
        st.sampled_from(device_topics),
        st.sampled_from(channels),
    )
    wild = st.lists(LEVELS, min_size=1, max_size=5).map("/".join)
    topics = known | wild.map(lambda rest: f"srepok/v1/66/22015/{rest}")
    made: list[Rubbish] = []

    # One message an example: hypothesis repeats itself within a larger one.
    @seed(SEED)
    @settings(
        max_examples=MESSAGES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(topics, PAYLOADS)
    def collect(topic: str, payload: bytes) -> None:
        made.append((topic, payload))

    collect()
    return made


async def test_rubbish_is_accounted_for_and_the_good_goes_on(world: World) -> None:
    topics = topics_of(world.inventory, DeviceKind.LINK_PROBE)[:5]
    topics += topics_of(world.inventory, DeviceKind.SENSOR)[:5]
    topics.append("srepok/v1/66/22015/stranger/telemetry")
    rubbish = await asyncio.to_thread(make_rubbish, topics)
    assert len(rubbish) == MESSAGES
    # What passes every check of ours, and PostgreSQL refuses: NUL in jsonb.
    event = {"event": "boot", "boot_id": 7, "seq": 7, "detail": {"x": "\0"}}
    event["observed_at"] = format_instant(SystemClock().now())
    rubbish.append((topics[0].replace("telemetry", "event"), json.dumps(event).encode()))
    # Rubbish goes where the access list would not let it: the broker's is opened for it.
    world.broker.start()
    (world.directory / "broker" / "acl").write_text(
        "topic readwrite #\nuser ingest\ntopic readwrite #\nuser gateway\ntopic readwrite #\n"
    )
    world.broker.reload()
    await world.ingest.start()
    async with world.publisher(per_second=200) as publisher:
        connection = Connection(
            1,
            world.broker_address("gateway"),
            SessionOptions(client_id="rubbish"),
            Inbox(),
            SystemClock(),
            clean_start=True,
        )
        await connection.open()
        for start in range(0, len(rubbish), 200):
            await asyncio.gather(
                *(connection.publish(topic, body) for topic, body in rubbish[start : start + 200])
            )
        await connection.close()
        await publisher.confirmed(50)
    published = len(rubbish) + len(publisher.ledger)

    async def settled() -> bool:
        return await world.ingest.metric("srepok_ingest_messages_settled_total") >= published

    await eventually_true(settled)
    lost, _ = await world.differences(publisher.ledger)
    assert not lost
    await world.check_accounts()
    ((messages,),) = await world.rows("SELECT sum(messages)::int FROM ingest_minutes")
    assert messages == published
    reasons = dict(
        await world.rows("SELECT reason, sum(occurrences)::int FROM dead_letters GROUP BY 1")
    )
    assert reasons["not_storable"] == 1
    assert {"topic", "malformed", "invalid", "oversize", "unknown_device"} <= set(reasons)
    assert sum(reasons.values()) > len(rubbish) // 2
    assert world.ingest.log.count("connected to broker") == 1, (
        "the connection was lost over rubbish"
    )
