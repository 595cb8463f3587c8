"""One token has so many requests under way, and keeps nobody else from being served."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest

from gateway.access.identity import Scope
from gateway.access.tokens import revoke_token
from gateway.keys import POOL
from runtime.clock import SystemClock
from runtime.database.connection import connect
from tests.gateway.access.house import House, open_house
from tests.gateway.gateway_world import settings_of
from tests.gateway.tokens import bearer
from tests.waiting import eventually_true

pytestmark = pytest.mark.servers


async def test_a_token_has_so_many_requests_under_way_and_others_have_theirs(house: House) -> None:
    greedy, other = (await house.token()).text, (await house.token()).text
    enough = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"x"
        await enough.wait()

    async with (
        open_house(house.login, settings_of(token_requests=2)) as running,
        aiohttp.ClientSession(running.url) as client,
    ):

        async def send() -> int:
            async with client.post("/test/send", data=body(), headers=bearer(greedy)) as answer:
                return answer.status

        sending = [asyncio.create_task(send()) for _ in range(2)]

        async def refused() -> bool:
            async with client.get("/test/see", headers=bearer(greedy)) as answer:
                if answer.status == 429:
                    assert answer.content_type == "application/problem+json"
                    assert answer.headers["Retry-After"] == "1"
                return answer.status == 429

        await eventually_true(refused)
        assert running.metric("refusals_total", reason="too-many-requests") == 1
        async with client.get("/test/see", headers=bearer(other)) as answer:
            assert answer.status == 200
        enough.set()
        assert await asyncio.gather(*sending) == [200, 200]
        assert not await refused()


async def test_an_open_live_page_is_no_request_under_way(house: House) -> None:
    token = (await house.token()).text
    async with (
        open_house(house.login, settings_of(token_requests=1)) as running,
        aiohttp.ClientSession(running.url, headers=bearer(token)) as client,
        client.get("/live/events") as page,
    ):
        assert page.status == 200
        async with client.get("/test/see") as answer:
            assert answer.status == 200


async def test_tokens_are_made_and_revoked_while_all_connections_for_requests_are_taken(
    house: House,
) -> None:
    async with (
        open_house(house.login, settings_of(pool_size=1)) as running,
        aiohttp.ClientSession(running.url) as client,
        contextlib.AsyncExitStack() as taken,
    ):
        await running.ready(without=frozenset({"broker"}))
        await taken.enter_async_context(running.service.app[POOL].connection())
        token = await house.token(Scope.VIEWER)

        async def status() -> int:
            async with client.get("/test/see", headers=bearer(token.text)) as answer:
                return answer.status

        assert await status() == 200
        async with await connect(house.owner, "tests") as connection:
            await revoke_token(connection, token.token_id, actor="tests", now=SystemClock().now())

        async def refused() -> bool:
            return await status() == 401

        await eventually_true(refused, 10)
