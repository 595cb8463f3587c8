"""Fixtures of the tests of notices."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.rules.notify.receiving import HttpReceiver, http_receiver


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[HttpReceiver]:
    """A real HTTP receiver."""
    async with http_receiver() as running:
        yield running
