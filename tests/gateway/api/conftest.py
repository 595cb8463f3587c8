"""Fixtures: the API over one database with a past, shared by all tests here."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
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


@pytest.fixture(scope="session")
def alerting() -> Path:
    """The directory with alerts of other systems; it is kept beside the checkout."""
    for parent in Path(__file__).parents:
        if (parent / "shared/data/gateway-payloads/alerting").is_dir():
            return parent / "shared/data/gateway-payloads/alerting"
    missing = "there is no ../shared/data/gateway-payloads beside the checkout"
    if "CI" in os.environ:
        pytest.fail(missing)
    pytest.skip(missing)
