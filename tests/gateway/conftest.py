"""Fixtures: one gateway between a real broker and a real database, shared by all tests here.

Tests that stop or kill servers make their own with `gateway_world.serving`.
"""

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from province.inventory import Inventory
from runtime.broker.address import BrokerAddress
from tests.gateway.gateway_world import GatewayWorld, make_gateway_world


@pytest_asyncio.fixture(scope="session")
async def gateway(
    database_server_url: str,
    database_template: str,
    broker_address_of: Callable[[str], BrokerAddress],
    inventory: Inventory,
) -> AsyncIterator[GatewayWorld]:
    """A running gateway, its database with the inventory in it, and a client."""
    async with make_gateway_world(
        database_server_url, database_template, broker_address_of, inventory
    ) as world:
        yield world
