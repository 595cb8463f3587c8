"""The broker restarted, killed and made forgetful under load."""

import asyncio
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest

from deploy.mosquitto_options import MosquittoOptions
from runtime.database.connection import connect
from tests.waiting import eventually, eventually_true
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

AUTOSAVE = timedelta(seconds=2)


def saved_at(file: Path) -> float:
    """Return when the broker last saved what it holds, by the clock of the event loop.

    It does nothing else meanwhile: whatever it had confirmed by then is in the file.
    """
    return file.stat().st_mtime - time.time() + asyncio.get_running_loop().time()


class Gate:
    """Holds up the transactions of ingest just before they commit, in the order they come."""

    def __init__(self, world: World) -> None:
        self._database = world.database

    async def __aenter__(self) -> Self:
        self._connection = await connect(self._database, "tests")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def close(self) -> None:
        """Close once those who came before are through."""
        await self._connection.execute("BEGIN")
        await self._connection.execute("LOCK TABLE ingest_minutes IN EXCLUSIVE MODE")

    async def open(self) -> None:
        await self._connection.execute("ROLLBACK")

    async def until_waiting(self, number: int) -> None:
        """Wait until so many stand before the gate."""

        async def waiting() -> bool:
            cursor = await self._connection.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE relation = 'ingest_minutes'::regclass AND NOT granted"
            )
            return await cursor.fetchone() == (number,)

        await eventually_true(waiting)


@pytest.fixture
def broker_options() -> MosquittoOptions:
    return MosquittoOptions(autosave_after=AUTOSAVE)


async def test_a_broker_restarted_in_order_loses_nothing(world: World) -> None:
    await world.ingest.start()
    async with world.publisher() as publisher:
        for _ in range(3):
            await publisher.confirmed(500)
            await asyncio.to_thread(world.broker.restart)
        await publisher.confirmed(200)
    await world.settle(publisher.ledger.records)
    await world.check_nothing_lost_or_twice(publisher.ledger)


async def test_a_queue_survives_a_restart_in_order_while_ingest_is_away(world: World) -> None:
    await world.ingest.start()
    async with world.publisher() as publisher:
        await publisher.confirmed(200)
        await world.ingest.kill()
        await publisher.confirmed(2000)
        await asyncio.to_thread(world.broker.restart)
        await world.ingest.start()
    await world.settle(publisher.ledger.records)
    await world.check_nothing_lost_or_twice(publisher.ledger)


async def test_a_killed_broker_loses_no_more_than_it_had_not_saved(world: World) -> None:
    """Ingest is away, so that everything confirmed is with the broker alone.

    Mosquitto 2.1 with its SQLite plug-in loses nothing; 2.0 loses what came after its last
    save. docs/operations/broker.md states both.
    """
    await world.ingest.start()
    async with world.publisher() as publisher:
        await publisher.confirmed(500)
        await world.ingest.kill()
        await publisher.confirmed(5000)
        file, now = world.broker.directory / "data/mosquitto.db", asyncio.get_running_loop().time
        looked_at = now()
        # It saves by itself, now and again.
        await eventually(lambda: not file.exists() or saved_at(file) > looked_at)
        await publisher.confirmed(500)
        killed_at = now()
        world.broker.kill()
        last_save = saved_at(file) if file.exists() else killed_at
        await asyncio.to_thread(world.broker.start)
        back_at = now()
        await publisher.confirmed(500)
        await world.ingest.start()
    saved = {key for key, at in publisher.ledger.records.items() if at < last_save}
    after = {key for key, at in publisher.ledger.records.items() if at > back_at}
    await world.settle(saved | after)
    lost, twice = await world.differences(publisher.ledger)
    print(f"broker killed: {len(lost)} of {publisher.ledger.messages} lost")  # noqa: T201 - a measurement
    assert not lost & (saved | after)
    assert not twice
    await world.check_accounts()


async def test_late_acknowledgements_of_a_lost_session_acknowledge_nothing_new(
    world: World,
) -> None:
    """One transaction is held up until packet ids have started over, the next one for good.

    So the acknowledgements of the first come late, and what came by the new connection is with
    the broker alone when ingest is killed: acknowledged by mistake, it would be lost.
    """
    await world.ingest.start()
    async with world.publisher() as publisher:
        await publisher.confirmed(200)
        await world.settle(publisher.ledger.records)
        async with Gate(world) as first, Gate(world) as second:
            await first.close()
            await first.until_waiting(1)
            closing = asyncio.create_task(second.close())
            await first.until_waiting(2)
            world.broker.kill()
            shutil.rmtree(world.directory / "broker" / "data")
            await asyncio.to_thread(world.broker.start)
            await eventually(lambda: world.ingest.log.count("connected to broker") >= 2)
            # Of what came before ingest, some may have been confirmed and not be noted yet.
            await publisher.none_of_before()
            forgotten = set(publisher.ledger.records)
            # As many as the packet ids that were in use before.
            await publisher.confirmed(1000)
            await first.open()
            await closing

            async def stale() -> bool:
                return await world.ingest.metric("srepok_ingest_acknowledgements_stale_total") > 0

            await eventually_true(stale)
            await world.ingest.kill()
        await world.ingest.start()
        await publisher.confirmed(200)
    later = set(publisher.ledger.records) - forgotten
    await world.settle(later)
    lost, twice = await world.differences(publisher.ledger)
    assert not lost & later
    assert not twice
    await world.check_accounts()
