"""Fixtures: one house, shared by the tests of this room; each makes tokens of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from province.inventory import Inventory
from tests.gateway.access.house import House, make_house


@pytest_asyncio.fixture(scope="session")
async def house(
    database_server_url: str, database_template: str, inventory: Inventory
) -> AsyncIterator[House]:
    """A running gateway with doors to try, and its database with the inventory in it."""
    async with make_house(database_server_url, database_template, inventory) as made:
        yield made
