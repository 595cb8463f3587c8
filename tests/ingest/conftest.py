"""Fixtures: a writer on a database with an inventory, and topics of devices in it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from ingest.inventory import latest_revision, load_registry
from ingest.writer import Writer
from province.devices import DeviceKind
from province.inventory import Inventory
from runtime.database.capabilities import detect_capabilities
from runtime.database.connection import DatabaseAddress, connect
from tests.ingest.bench import Bench
from tests.stock import topics_of


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
