"""The service: what it says of itself, and that it starts whatever is away."""

import aiohttp
import pytest

from runtime.broker.address import BrokerAddress
from runtime.database.connection import DatabaseAddress
from tests.gateway.gateway_world import GatewayWorld, serving

pytestmark = pytest.mark.servers


async def test_what_is_not_there_is_answered_as_a_problem(gateway: GatewayWorld) -> None:
    async with gateway.client.get("/no/such/place") as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"
    assert gateway.service.missing() == {}
    assert gateway.serving.metric("inventory_revision") == 1
    assert gateway.serving.metric("broker_connected") == 1


async def test_it_starts_and_stops_without_broker_and_database() -> None:
    nowhere = BrokerAddress("127.0.0.1", 1)
    database = DatabaseAddress.from_url("postgresql://gateway@127.0.0.1:1/none")
    async with serving(nowhere, database) as running:
        await running.ready(without=frozenset({"broker", "database"}))
        assert running.service.missing().keys() == {"broker", "database"}
        async with aiohttp.ClientSession() as http, http.get(f"{running.url}/nowhere") as answer:
            assert answer.status == 404
    assert running.drained
