"""Fixtures: a Grafana to push to; the real one where TEST_GRAFANA_URL names it."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
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
    """Return the token for the real one.

    Raises:
        pytest.UsageError: there is none.
    """
    named = os.environ.get(TOKEN_VARIABLE)
    wanted = f"{TOKEN_VARIABLE}: a file with a token for {os.environ[URL_VARIABLE]} is needed"
    if not named:
        raise pytest.UsageError(f"{URL_VARIABLE} is set, and not {wanted}")
    try:
        token = Path(named).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise pytest.UsageError(f"{wanted}: {error}") from None
    if not token:
        raise pytest.UsageError(f"{wanted}: {named} is empty")
    return token


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say that the token is missing once, before any test."""
    here = Path(__file__).parent
    if os.environ.get(URL_VARIABLE) and any(here in item.path.parents for item in items):
        real_token()


@pytest.fixture
def fake() -> Iterator[FakeGrafana]:
    """The fake's state, for what nobody can make a real one do."""
    made = FakeGrafana()
    yield made
    assert made.complaints == [], "the API describes no such call"


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


@dataclass(frozen=True, slots=True)
class WantedNames:
    """Uids that nobody else uses.

    Attributes:
        mark: a part of all of them.
    """

    mark: str

    @property
    def uid(self) -> str:
        """Of a dashboard."""
        return f"srepok-test-{self.mark}"

    @property
    def folder(self) -> str:
        """Of its folder."""
        return f"srepok-tests-{self.mark}"

    @property
    def other_folder(self) -> str:
        """Of another folder."""
        return f"{self.folder}-other"

    def renamed(self, board: Wanted) -> Wanted:
        """Return a board of ours under uids of the test's own."""
        dashboard = {**board.dashboard, "uid": f"{self.mark}-{board.uid.removeprefix('srepok-')}"}
        # The tag is that by which a push finds its leftovers.
        dashboard["tags"] = [f"srepok-test-{self.mark}"]
        return Wanted(
            dashboard, f"{self.mark}-{board.folder_uid}", f"{board.folder_title} {self.mark}"
        )


MakeWanted = Callable[..., Wanted]


@pytest.fixture
def make_wanted(wanted_names: WantedNames) -> MakeWanted:
    """Makes a small dashboard; always the same uid within a test, never that of another test."""
    uid, folder = wanted_names.uid, wanted_names.folder

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
def wanted_names() -> WantedNames:
    """Uids of dashboards and folders that nobody else uses."""
    return WantedNames(uuid4().hex[:8])


@pytest_asyncio.fixture(autouse=True)
async def _leave_nothing(wanted_names: WantedNames) -> AsyncIterator[None]:
    yield
    if url := os.environ.get(URL_VARIABLE):
        await clear(url.rstrip("/"), real_token(), wanted_names.mark)


async def clear(url: str, token: str, mark: str) -> None:
    """Delete the folders of a test and all that is in them."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers, raise_for_status=True) as session:
        async with session.get(f"{url}/api/folders?limit=1000") as answer:
            uids = [folder["uid"] for folder in await answer.json()]
        for uid in uids:
            if mark in uid:
                async with session.delete(f"{url}/api/folders/{uid}?forceDeleteRules=true"):
                    pass
