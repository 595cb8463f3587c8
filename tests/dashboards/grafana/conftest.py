"""Fixtures: a Grafana to push to; the real one where TEST_GRAFANA_URL names it."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from dashboards.client import Grafana, open_grafana
from dashboards.plan import Wanted
from tests.dashboards.grafana.fake import TOKEN, FakeGrafana

URL_VARIABLE: Final = "TEST_GRAFANA_URL"
TOKEN_VARIABLE: Final = "TEST_GRAFANA_TOKEN_FILE"


def real_token() -> str:
    """Return the token for the real one."""
    return Path(os.environ[TOKEN_VARIABLE]).read_text().strip()


@pytest.fixture
def fake() -> FakeGrafana:
    """The fake's state, for what nobody can make a real one do."""
    return FakeGrafana()


@pytest_asyncio.fixture
async def fake_url(fake: FakeGrafana) -> AsyncIterator[str]:
    """URL of the fake."""
    async with TestServer(fake.application()) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest_asyncio.fixture
async def grafana(request: pytest.FixtureRequest) -> AsyncIterator[Grafana]:
    """A Grafana: that of TEST_GRAFANA_URL and TEST_GRAFANA_TOKEN_FILE, or the fake."""
    url = os.environ.get(URL_VARIABLE)
    token = TOKEN if url is None else real_token()
    async with AsyncExitStack() as stack:
        if url is None:
            made: FakeGrafana = request.getfixturevalue("fake")
            server = await stack.enter_async_context(TestServer(made.application()))
            url = str(server.make_url("")).rstrip("/")
        yield await stack.enter_async_context(open_grafana(url.rstrip("/"), SecretStr(token)))


MakeWanted = Callable[..., Wanted]


@pytest.fixture
def make_wanted(wanted_names: tuple[str, str]) -> MakeWanted:
    """Makes a small dashboard; always the same uid within a test, never that of another test."""
    uid, folder = wanted_names

    def make(title: str = "A board", **more: Any) -> Wanted:  # noqa: ANN401 - JSON's values
        dashboard = {
            "uid": uid,
            "title": f"{title} {uid}",
            "schemaVersion": 42,
            "panels": [],
            "templating": {"list": []},
            "annotations": {"list": []},
            **more,
        }
        return Wanted(dashboard, folder, f"Srepok tests {folder}")

    return make


@pytest.fixture
def wanted_names() -> tuple[str, str]:
    """Uids of a dashboard and a folder that nobody else uses."""
    mark = uuid4().hex[:8]
    return f"srepok-test-{mark}", f"srepok-tests-{mark}"


@pytest_asyncio.fixture(autouse=True)
async def _leave_nothing(wanted_names: tuple[str, str]) -> AsyncIterator[None]:
    yield
    if url := os.environ.get(URL_VARIABLE):
        headers = {"Authorization": f"Bearer {real_token()}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            await session.delete(f"{url}/api/folders/{wanted_names[1]}?forceDeleteRules=true")
