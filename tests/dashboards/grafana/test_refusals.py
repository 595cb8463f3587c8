"""What goes wrong on the way to a Grafana, and how it is told: with the fake alone."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from pydantic import SecretStr

from dashboards.boards import all_boards
from dashboards.client import open_grafana
from dashboards.commands.push import _differing, _pushed
from dashboards.datasource import data_source
from dashboards.errors import (
    DataSourceError,
    GrafanaError,
    HandEditedError,
    ReadOnlyError,
    TokenError,
    UnreachableError,
    VersionError,
)
from dashboards.folder import Folder
from dashboards.plan import wanted_of
from dashboards.push import check_grafana, push
from dashboards.settings import DashboardsSettings
from dashboards.text import Language
from runtime.settings import SettingsError
from tests.dashboards.grafana.fake import TOKEN, VIEWER, FakeGrafana

WANTED = wanted_of(all_boards())


async def pushing(url: str, token: str = TOKEN, *, force: bool = False) -> int:
    async with open_grafana(url, SecretStr(token)) as grafana:
        await check_grafana(grafana)
        return await push(grafana, WANTED, force=force, tell=lambda _: None)


async def test_all_boards_are_taken(fake_url: str, fake: FakeGrafana) -> None:
    assert await pushing(fake_url) == len(WANTED)
    assert await pushing(fake_url) == 0
    assert fake.folders.keys() == {folder.uid(it) for folder in Folder for it in Language}


async def test_a_wrong_token_is_told_without_the_token(fake_url: str) -> None:
    with pytest.raises(TokenError, match="role Editor") as raised:
        await pushing(fake_url, "glsa_wrong")
    assert "glsa_wrong" not in str(raised.value)


async def test_a_token_that_may_only_look(fake_url: str) -> None:
    with pytest.raises(ReadOnlyError, match="additional permissions"):
        await pushing(fake_url, VIEWER)


async def test_a_folder_that_may_not_be_written(fake_url: str, fake: FakeGrafana) -> None:
    # The last of the folders: nothing is written before all of them were looked at.
    fake.folders["srepok-system-vi"] = "Srepok: hệ thống"
    fake.read_only_folders.add("srepok-system-vi")
    with pytest.raises(
        ReadOnlyError, match=r"the folder .* \(srepok-system-vi\); nothing was writ"
    ):
        await pushing(fake_url)
    assert fake.dashboards == {}
    assert fake.folders.keys() == {"srepok-system-vi"}


async def test_a_dashboard_that_was_moved_to_where_it_may_not_be_written(
    fake_url: str, fake: FakeGrafana
) -> None:
    await pushing(fake_url)
    fake.dashboards["srepok-wall"].folder = "elsewhere"
    fake.read_only_folders.add("elsewhere")
    with pytest.raises(ReadOnlyError, match="may not be written with this token: srepok-wall;"):
        await pushing(fake_url, force=True)


@pytest.mark.parametrize("version", ["12.3.9", "11.6.0", "14.0.0", "what"])
async def test_a_version_that_nobody_tried(version: str, fake_url: str, fake: FakeGrafana) -> None:
    fake.version = version
    with pytest.raises(VersionError, match=f"is Grafana {version}; .* 12.4 up to 13.x"):
        await pushing(fake_url)


@pytest.mark.parametrize("version", ["12.4.0", "13.0.0-12345", "13.3.1", None])
async def test_a_version_that_is_taken(
    version: str | None, fake_url: str, fake: FakeGrafana
) -> None:
    fake.version = version
    assert await pushing(fake_url) > 0


async def test_nobody_is_there() -> None:
    url = f"http://127.0.0.1:{unused_port()}"
    with pytest.raises(UnreachableError, match=f"{url}: no answer"):
        await pushing(url)


async def test_something_else_is_there() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    application = web.Application()
    application.router.add_route("*", "/{any:.*}", page)
    async with TestServer(application) as server:
        with pytest.raises(GrafanaError, match="not as a Grafana does"):
            await pushing(str(server.make_url("")).rstrip("/"))


class Listener:
    """A server that is no Grafana, and keeps what was sent to it.

    Args:
        status: of its answers.
        headers: of its answers.
    """

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self._status = status
        self._headers = headers
        self.heard: list[str] = []

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/{any:.*}", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.Response:
        headers = " ".join(request.headers.values())
        self.heard.append(f"{request.method} {request.path} {headers} {await request.text()}")
        body = {"message": "nothing here"}
        return web.json_response(body, status=self._status, headers=self._headers)


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (404, {}, "not as a Grafana does: is the address right"),
        (200, {}, "not as a Grafana does: is the address right"),
        (307, {"Location": "https://grafana.example.org/api/x?y=z"}, "leads on to https://grafana"),
    ],
)
async def test_what_is_no_grafana_is_told_as_such_and_sees_no_secret(
    status: int, headers: dict[str, str], message: str, tmp_path: Path
) -> None:
    listener = Listener(status, headers)
    source = data_source("postgresql://grafana@127.0.0.1:5440/srepok", SecretStr("hidden"))
    async with TestServer(listener.application()) as server:
        chosen = settings(str(server.make_url("")), tmp_path)
        with pytest.raises(GrafanaError, match=message):
            await _pushed(chosen, source, force=False)
        with pytest.raises(GrafanaError, match=message):
            await _differing(chosen)
    assert [heard.split()[:2] for heard in listener.heard] == [["GET", "/api/health"]] * 2
    assert not any(TOKEN in heard or "hidden" in heard for heard in listener.heard)


async def test_a_grafana_of_another_version_gets_no_data_source(
    fake_url: str, fake: FakeGrafana, tmp_path: Path
) -> None:
    fake.version = "11.6.0"
    fake.data_sources.clear()
    source = data_source("postgresql://grafana@127.0.0.1:5440/srepok", SecretStr("hidden"))
    with pytest.raises(VersionError, match=r"is Grafana 11\.6\.0"):
        await _pushed(settings(fake_url, tmp_path), source, force=False)
    assert fake.data_sources == {}
    assert fake.calls == [("GET", "/api/health")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"type": "prometheus"},
            "is of the type 'prometheus', not 'grafana-postgresql-datasource'",
        ),
        ({"jsonData": {"database": "srepok"}}, "has timescaledb off"),
        ({"jsonData": {"database": "srepok", "timescaledb": False}}, "has timescaledb off"),
    ],
)
async def test_a_data_source_that_the_boards_cannot_ask(
    change: dict[str, Any], message: str, fake_url: str, fake: FakeGrafana
) -> None:
    fake.data_sources["srepok"] |= change
    with pytest.raises(GrafanaError, match=message):
        await pushing(fake_url)
    assert fake.dashboards == {}


async def test_the_data_source_is_missing(fake_url: str, fake: FakeGrafana) -> None:
    fake.data_sources.clear()
    with pytest.raises(GrafanaError, match="no data source with the uid srepok"):
        await pushing(fake_url)


async def test_the_data_source_is_made_once_and_then_left_alone(
    fake_url: str, fake: FakeGrafana, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.data_sources.clear()
    chosen = settings(fake_url, tmp_path)
    source = data_source("postgresql://grafana@127.0.0.1:5440/srepok", SecretStr("hidden"))
    assert await _pushed(chosen, source, force=False) == 0
    made = fake.data_sources["srepok"]
    assert (made["url"], made["user"], made["jsonData"]["database"], made["type"]) == (
        "127.0.0.1:5440",
        "grafana",
        "srepok",
        "grafana-postgresql-datasource",
    )
    assert fake.secrets == {"password": "hidden"}
    said = capsys.readouterr().out
    assert "data source srepok: made, of 127.0.0.1:5440/srepok" in said
    assert "hidden" not in said
    other = data_source("postgresql://grafana@db.example.org/srepok", None)
    assert await _pushed(chosen, other, force=False) == 0
    assert "is there, and stays: of 127.0.0.1:5440/srepok" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["db.example.org", "postgresql://x", "postgresql://u:p@h/d"])
def test_a_database_that_is_none_is_told(url: str) -> None:
    with pytest.raises(DataSourceError):
        data_source(url, None)


@pytest.mark.parametrize("change", [{"type": "postgres"}, {"jsonData": {}}])
async def test_a_data_source_by_its_old_name_or_with_settings_nobody_may_see_is_taken(
    change: dict[str, Any], fake_url: str, fake: FakeGrafana
) -> None:
    fake.data_sources["srepok"] |= change
    assert await pushing(fake_url) == len(WANTED)


async def test_a_dashboard_from_a_file_is_left_alone(fake_url: str, fake: FakeGrafana) -> None:
    await pushing(fake_url)
    for saved in fake.dashboards.values():
        saved.provisioned = True
    with pytest.raises(ReadOnlyError, match="from files of the server"):
        await pushing(fake_url, force=True)


async def test_an_edit_in_the_same_moment_is_not_lost(fake_url: str, fake: FakeGrafana) -> None:
    await pushing(fake_url)
    for uid, saved in fake.dashboards.items():
        fake.save(uid, {**saved.versions[-1]["data"], "title": "x"}, "mine", "somebody")
    fake.races = True
    with pytest.raises(HandEditedError, match="in this very moment"):
        await pushing(fake_url, force=True)


def settings(url: str, directory: Path) -> DashboardsSettings:
    token_file = directory / "token"
    token_file.write_text(f"{TOKEN}\n")
    return DashboardsSettings.from_environment(
        {"DASHBOARDS_GRAFANA_URL": url, "DASHBOARDS_TOKEN_FILE": str(token_file)}
    )


async def test_an_edited_board_is_told_in_few_lines_and_in_full(
    fake_url: str, fake: FakeGrafana, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = settings(fake_url, tmp_path)
    await pushing(fake_url)
    (newest,) = fake.dashboards["srepok-pipeline"].versions
    edited = {**newest["data"], "title": "Mine", "panels": newest["data"]["panels"][:3]}
    fake.save("srepok-pipeline", edited, "nicer", "somebody")
    assert await _differing(chosen) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "srepok-pipeline: edited by hand"
    assert said[1] == '  - title: "Mine"'
    assert said[-2].endswith("more: diff --full")
    assert await _differing(chosen, full=True) == 1
    full = capsys.readouterr().out.splitlines()
    missing = len(newest["data"]["panels"]) - 3
    assert sum(line.endswith(": is not there") for line in full) == missing
    assert len(full) == missing + 4


async def test_the_commands(
    fake_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = settings(fake_url, tmp_path)
    assert await _differing(chosen) == 1
    assert "srepok-pipeline: missing" in capsys.readouterr().out
    assert await _pushed(chosen, force=False) == 0
    assert await _differing(chosen) == 0
    assert f"0 of {len(WANTED)} dashboards differ" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("grafana.example.org", "an address such as"),
        ("ftp://grafana.example.org", "an address such as"),
        ("http://admin:secret@grafana.example.org", "no user, password"),
    ],
)
def test_a_wrong_address_is_a_wrong_setting(url: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=message):
        settings(url, tmp_path)
