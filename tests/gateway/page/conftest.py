"""Fixtures: a gateway whose province changes as the tests of this room wish."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Protocol

import pytest_asyncio
from playwright.async_api import Browser

from gateway.access.identity import Scope
from province.inventory import Inventory
from runtime.broker.address import BrokerAddress
from tests.browser import Visitor, visit
from tests.gateway.gateway_world import GatewayWorld, make_gateway_world
from tests.gateway.page.scene import Scene
from tests.waiting import eventually


class Enter(Protocol):
    """Opens the live page as somebody who has a token."""

    async def __call__(
        self, token: str, path: str = "/", *, url: str = "", **options: object
    ) -> Visitor: ...


@pytest_asyncio.fixture(scope="session")
async def province(
    database_server_url: str,
    database_template: str,
    broker_address_of: Callable[[str], BrokerAddress],
    inventory: Inventory,
) -> AsyncIterator[GatewayWorld]:
    """A running gateway with a database of its own."""
    async with make_gateway_world(
        database_server_url, database_template, broker_address_of, inventory
    ) as world:
        yield world


@pytest_asyncio.fixture
async def scene(province: GatewayWorld) -> AsyncIterator[Scene]:
    """A province in which all is well; whatever a test opens is over after it."""
    made = Scene.of(province)
    await made.all_is_well()
    hub, told_at = province.service._hub, datetime.now(UTC)
    await eventually(lambda: hub.looked_at is not None and hub.looked_at > told_at)
    yield made
    await made.end_all()


@pytest_asyncio.fixture(scope="session")
async def tokens(province: GatewayWorld) -> dict[str, str]:
    """A token of a viewer, of an operator, and of an official of the second commune."""
    made = Scene.of(province)
    own = [province.inventory.communes[1].code]
    return {
        "viewer": await made.token("Bình", Scope.VIEWER),
        "operator": await made.token("Hà", Scope.OPERATOR),
        "official": await made.token("An", Scope.OPERATOR, own),
    }


@pytest_asyncio.fixture
async def enter(browser: Browser, province: GatewayWorld) -> AsyncIterator[Enter]:
    """Opens pages, logged in through the form; in the end none may have complained."""
    async with AsyncExitStack() as stack:
        visitors = []

        async def open_page(
            token: str, path: str = "/", *, url: str = "", **options: object
        ) -> Visitor:
            visitor = await visit(browser, base_url=url or province.serving.url, **options)
            stack.push_async_callback(visitor.context.close)
            visitors.append(visitor)
            await visitor.page.goto(path)
            await visitor.page.get_by_role("textbox").fill(token)
            await visitor.page.get_by_role("button").click()
            return visitor

        yield open_page
        assert [each.complaints for each in visitors if each.complaints] == []
