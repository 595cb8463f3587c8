"""Fixtures: a database with an inventory in it."""

from datetime import UTC, datetime

import pytest_asyncio

from province.dak_lak import load_communes
from province.devices import DeviceKind
from province.inventory import Inventory
from province.metrics import catalogue
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from simulators.generate import generate_inventory

IMPORTED_AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest_asyncio.fixture(scope="session")
async def inventory() -> Inventory:
    """Some 60 devices in five communes."""
    return generate_inventory(1, scale=0.1, communes=load_communes()[:5])


@pytest_asyncio.fixture
async def stocked_url(database_url: str, inventory: Inventory) -> str:
    """URL of a migrated database that has the inventory and nothing else."""
    async with await connect(DatabaseAddress.from_url(database_url), "srepok-tests") as opened:
        await import_inventory(
            opened, inventory, catalogue().values(), source="tests", now=IMPORTED_AT
        )
    return database_url


def topics_of(inventory: Inventory, kind: DeviceKind) -> list[str]:
    """Return the telemetry topic of each device of a kind."""
    return [
        f"srepok/v1/66/{device.commune}/{device.code}/telemetry"
        for device in inventory.devices
        if device.kind is kind
    ]
