"""Fixtures: a database with a past, and the dashboards."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from psycopg import AsyncConnection

from dashboards.board import Board
from dashboards.boards import all_boards
from province.dak_lak import load_communes
from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.metrics import catalogue
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.migrate import migrate
from simulators.generate import generate_inventory
from tests.dashboards.fill import fill
from tests.databases import make_database

VARIETIES = ("air", "weather", "rain", "water", "traffic", "noise", "light", "energy")


@pytest.fixture(scope="session")
def boards() -> tuple[Board, ...]:
    """All boards."""
    return all_boards()


@pytest.fixture(scope="session")
def varied_inventory() -> Inventory:
    """Five communes with a sensor of every variety."""
    made = generate_inventory(1, scale=0.1, communes=load_communes()[:5])
    sensors = tuple(
        Device(
            code=f"22015-extra-{variety}",
            kind=DeviceKind.SENSOR,
            name=f"Tuy Hoà: {variety}",
            commune="22015",
            interval_seconds=60,
        )
        for variety in VARIETIES
    )
    return replace(made, devices=(*made.devices, *sensors))


@pytest_asyncio.fixture(scope="session")
async def filled_url(database_server_url: str, varied_inventory: Inventory) -> AsyncIterator[str]:
    """URL of a database with an inventory and eight days of everything; only read from it."""
    async with make_database(database_server_url) as url:
        async with await connect(DatabaseAddress.from_url(url), "srepok-tests") as connection:
            await migrate(connection)
            await import_inventory(
                connection,
                varied_inventory,
                catalogue().values(),
                source="tests",
                now=datetime.now(UTC),
            )
            await fill(connection)
        yield url


@pytest_asyncio.fixture(scope="session")
async def as_grafana(filled_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection to the filled database with the rights of Grafana's login."""
    async with await connect(DatabaseAddress.from_url(filled_url), "srepok-tests") as connection:
        await connection.execute("SET ROLE srepok_grafana")
        await connection.execute("SET default_transaction_read_only = on")
        yield connection


@pytest_asyncio.fixture
async def changeable(filled_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection on which the past may be changed: nobody else ever sees it."""
    async with await connect(DatabaseAddress.from_url(filled_url), "srepok-tests") as connection:
        await connection.set_autocommit(False)
        yield connection
        await connection.rollback()
