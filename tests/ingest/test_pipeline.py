"""The pipeline on a real database, without a broker: batches that do not go well."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry
from psycopg import AsyncConnection

from ingest.instruments import Instruments
from ingest.intake import Intake
from ingest.pipeline import Pipeline
from ingest.store import Store
from runtime.broker.address import BrokerAddress
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from tests.inbox import Inbox
from tests.ingest.bench import refuse_links
from tests.ingest.make import LIMITS, NOW, make_message
from tests.waiting import DEADLINE

pytestmark = pytest.mark.servers

WRITE_TIMEOUT = timedelta(milliseconds=400)


class Nobody:
    """Hears of no connection, because there is none."""

    def connected(self, epoch: int, *, session_present: bool) -> None:
        pytest.fail(f"connection {epoch}, session present {session_present}")

    def disconnected(self, reason: str) -> None:
        pytest.fail(reason)


@dataclass
class Plant:
    """A pipeline that is not running yet, and what is around it."""

    intake: Intake
    pipeline: Pipeline
    store: Store
    instruments: Instruments
    database: AsyncConnection

    async def settle(self, count: int, probe: str, payload: bytes | None = None) -> None:
        """Have so many reports settled in one batch."""
        for seq in range(count):
            self.intake.deliver(make_message(probe, payload, seq=seq))
        self.intake.close()
        async with asyncio.timeout(DEADLINE):
            await self.pipeline.run()

    def metric(self, name: str) -> float:
        return sum(
            sample.value
            for family in self.instruments._registry.collect()
            for sample in family.samples
            if sample.name == f"srepok_ingest_{name}"
        )

    async def seqs(self) -> list[int]:
        cursor = await self.database.execute("SELECT seq FROM link_reports ORDER BY seq")
        return [seq for (seq,) in await cursor.fetchall()]


@pytest_asyncio.fixture
async def plant(stocked_url: str) -> AsyncIterator[Plant]:
    clock, address = SystemClock(), DatabaseAddress.from_url(stocked_url)
    instruments = Instruments(CollectorRegistry())
    intake = Intake(batch_size=1000, flush_interval=timedelta(milliseconds=1), left_over=10)
    store = Store(
        address,
        province="66",
        worker="1",
        write_timeout=WRITE_TIMEOUT,
        inventory_refresh=timedelta(hours=1),
        instruments=instruments,
        clock=clock,
        random=Random(1),
    )
    broker = BrokerAddress.from_environment({"MQTT_URL": "mqtt://nobody@127.0.0.1:1"})
    options = SessionOptions(client_id="nobody")
    session = BrokerSession(broker, options, Inbox(), Nobody(), clock, Random(1))
    pipeline = Pipeline(intake, store, session, LIMITS, instruments, clock)
    async with await connect(address, "tests") as connection:
        yield Plant(intake, pipeline, store, instruments, connection)
        await store.close()


async def test_a_batch_that_takes_too_long_again_and_again_is_split(
    plant: Plant, probe: str
) -> None:
    """Every row takes a tenth of a second here, so that six are too many for one transaction."""
    await plant.database.execute(
        """
        CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END';
        CREATE TRIGGER slow BEFORE INSERT ON link_reports FOR EACH ROW EXECUTE FUNCTION be_slow()
        """
    )
    await plant.settle(6, probe)
    assert await plant.seqs() == [0, 1, 2, 3, 4, 5]
    assert plant.metric("messages_settled_total") == 6
    assert plant.metric("records_rejected_total") == 0
    assert plant.metric("write_failures_total") >= 2


async def test_the_one_message_that_the_database_refuses_is_found_and_kept(
    plant: Plant, probe: str
) -> None:
    await refuse_links(plant.database, "NEW.seq = 5")
    settling = asyncio.create_task(plant.settle(8, probe))
    while not settling.done():
        # At any moment, in the middle of the search too.
        settled = plant.metric("messages_settled_total")
        assert plant.intake.received == settled + plant.pipeline.in_flight
        await asyncio.sleep(0)
    await settling
    assert await plant.seqs() == [0, 1, 2, 3, 4, 6, 7]
    cursor = await plant.database.execute("SELECT reason, detail FROM dead_letters")
    ((reason, detail),) = await cursor.fetchall()
    assert reason == "not_storable"
    assert detail.startswith("SQLSTATE 23514: CheckViolation: 5 is refused")
    assert plant.pipeline.in_flight == 0


async def test_large_payloads_leave_the_event_loop_a_turn_each(plant: Plant, probe: str) -> None:
    await plant.store.ready()
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    large = b"[" + b",".join([b"1"] * 30_000) + b"]"
    messages = [make_message(probe, large, NOW) for _ in range(20)]
    decoded = await plant.pipeline._decode(messages)
    counting.cancel()
    assert len(decoded.batch.letters) == 20
    assert turns >= 10
