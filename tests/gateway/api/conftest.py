"""Fixtures: the API over one database with a past, shared by all tests here."""

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from province.inventory import Inventory
from runtime.broker.address import BrokerAddress
from tests.gateway.api.api_world import ApiWorld, make_api_world


@pytest_asyncio.fixture(scope="session")
async def api(
    database_server_url: str,
    database_template: str,
    broker_address_of: Callable[[str], BrokerAddress],
    inventory: Inventory,
) -> AsyncIterator[ApiWorld]:
    """The API, a small province with incidents, and people with tokens."""
    async with make_api_world(
        database_server_url, database_template, broker_address_of, inventory
    ) as world:
        yield world
