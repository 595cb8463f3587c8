"""The broker restarted, killed and made forgetful under load."""

import asyncio
import os
import shutil
import signal
from datetime import timedelta

import pytest

from deploy.mosquitto_options import MosquittoOptions
from tests.waiting import eventually
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

AUTOSAVE = timedelta(seconds=2)
SAVING = timedelta(seconds=2)
"""A save itself takes time; what is confirmed meanwhile is not in it."""


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
    await world.settle(publisher.ledger.confirmed)
    await world.check_nothing_lost_or_twice(publisher.ledger)


async def test_a_queue_survives_a_restart_in_order_while_ingest_is_away(world: World) -> None:
    await world.ingest.start()
    async with world.publisher() as publisher:
        await publisher.confirmed(200)
        await world.ingest.kill()
        await publisher.confirmed(2000)
        await asyncio.to_thread(world.broker.restart)
        await world.ingest.start()
    await world.settle(publisher.ledger.confirmed)
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
        killed_at = asyncio.get_running_loop().time()
        world.broker.kill()
        await asyncio.to_thread(world.broker.start)
        await publisher.confirmed(500)
        await world.ingest.start()
    unsaved_since = killed_at - (AUTOSAVE + SAVING).total_seconds()
    saved = {key for key, at in publisher.ledger.confirmed.items() if at < unsaved_since}
    after = {key for key, at in publisher.ledger.confirmed.items() if at > killed_at + 1}
    await world.settle(saved | after)
    lost, twice = await world.differences(publisher.ledger)
    print(f"broker killed: {len(lost)} of {len(publisher.ledger)} lost")  # noqa: T201 - a measurement
    assert not lost & (saved | after)
    assert not twice
    await world.check_accounts()


async def test_late_acknowledgements_of_a_lost_session_acknowledge_nothing_new(
    world: World,
) -> None:
    await world.ingest.start()
    async with world.publisher(per_second=400) as publisher:
        await publisher.confirmed(200)
        await world.settle(publisher.ledger.confirmed)
        (backend,) = await world.rows(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'srepok-ingest-1'"
        )
        # The commit hangs while the broker forgets the session, so that its acknowledgement
        # comes when packet ids have started over.
        os.kill(backend[0], signal.SIGSTOP)
        try:
            await publisher.confirmed(200)
            world.broker.kill()
            shutil.rmtree(world.directory / "broker" / "data")
            await asyncio.to_thread(world.broker.start)
            await eventually(lambda: world.ingest.log.count("connected to broker") >= 2)
            forgotten = set(publisher.ledger.confirmed)
            await publisher.confirmed(400)
        finally:
            os.kill(backend[0], signal.SIGCONT)
        await publisher.confirmed(200)
    later = set(publisher.ledger.confirmed) - forgotten
    await world.settle(later)
    assert await world.ingest.metric("srepok_ingest_acknowledgements_stale_total") > 0
    lost, twice = await world.differences(publisher.ledger)
    assert not lost & later
    assert not twice
    await world.check_accounts()
