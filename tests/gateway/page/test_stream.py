"""The stream of events, from the database to whoever listens."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from psycopg import sql

from dashboards.query import queries_of
from dashboards.tile_map import columns_of
from gateway.access.identity import Scope
from province.dak_lak import load_communes
from province.states import VILLAGE_STATES
from runtime.database.connection import DatabaseAddress, connect
from tests.gateway.gateway_world import GatewayWorld, serving, settings_of
from tests.gateway.page.listening import listening
from tests.gateway.page.scene import Scene

pytestmark = pytest.mark.servers


async def test_a_page_begins_with_everything_and_then_hears_what_is_new(
    province: GatewayWorld, scene: Scene, tokens: dict[str, str]
) -> None:
    dark = scene.villages(0)
    async with listening(province.serving.url, tokens["viewer"]) as page:
        first = await page.next()
        await scene.outage("s1", dark)
        change = await page.next()

    assert page.answer.headers["X-Accel-Buffering"] == "no"
    assert first.name == "snapshot"
    assert (first.data["incidents"], first.data["stale"]) == ({}, False)
    assert len(first.data["communes"]) == len(scene.inventory.communes)
    assert first.data["villages"]["served"] == len(scene.inventory.villages)
    assert change.name == "change"
    assert change.data["communes"].keys() == {scene.inventory.communes[0].code}
    assert change.data["villages"]["dark"] == len(dark)
    incident = change.data["incidents"]["s1"]
    assert incident["households"] == sum(village.households for village in dark)
    assert incident["household_minutes"] == pytest.approx(12 * incident["households"], rel=0.05)


async def test_who_comes_back_hears_what_was_missed_and_no_more(
    province: GatewayWorld, scene: Scene, tokens: dict[str, str]
) -> None:
    url, token = province.serving.url, tokens["viewer"]
    async with listening(url, token) as page:
        left = await page.next()
    async with listening(url, token) as witness:
        await witness.next()
        await scene.outage("s2", scene.villages(1))
        missed = await witness.next()
    async with listening(url, token, left.id) as page:
        assert await page.next() == missed
    run = left.id.rpartition("-")[0]
    for unknown in ("another-run-7", f"{run}-{'9' * 5_000}"):
        async with listening(url, token, unknown) as page:
            assert (await page.next()).name == "snapshot"


async def test_an_identifier_of_another_feed_is_followed_by_everything(
    province: GatewayWorld, tokens: dict[str, str]
) -> None:
    url = province.serving.url
    async with listening(url, tokens["viewer"]) as page:
        feed = (await page.next()).id.rpartition("-")[0]
    async with listening(url, tokens["official"]) as page:
        number = (await page.next()).id.rpartition("-")[2]
    async with listening(url, tokens["official"], f"{feed}-{number}") as page:
        assert (await page.next()).name == "snapshot"


async def test_an_official_hears_of_their_commune_and_of_nothing_else(
    province: GatewayWorld, scene: Scene, tokens: dict[str, str]
) -> None:
    own, other = scene.inventory.communes[1], scene.inventory.communes[0]
    async with listening(province.serving.url, tokens["official"]) as page:
        first = await page.next()
        await scene.outage("elsewhere", scene.villages(0))
        await scene.outage("both", [scene.villages(0)[0], scene.villages(1)[0]])
        change = await page.next()

    assert first.data["communes"].keys() == {own.code}
    assert sum(first.data["villages"].values()) == len(scene.villages(1))
    assert change.data["incidents"].keys() == {"both"}
    shown = change.data["incidents"]["both"]
    assert (shown["communes"], shown["villages"]) == ([own.code], 1)
    assert shown["households"] == scene.villages(1)[0].households
    assert other.name not in str(change.data)


async def test_communes_have_the_colour_that_the_wall_gives_them(
    province: GatewayWorld, scene: Scene, tokens: dict[str, str]
) -> None:
    async with listening(province.serving.url, tokens["viewer"]) as page:
        shown = (await page.next()).data["communes"]
        await scene.outage("s3", [*scene.villages(0)[:1], *scene.villages(1)])
        shown |= (await page.next()).data["communes"]
    codes = [commune for commune in load_communes() if commune.code in shown]
    statement = queries_of("wall")["map"].replace("{communes}", columns_of(codes, "state", 2))
    (row,) = await province.rows(statement)

    names = {state.number: state.name for state in VILLAGE_STATES}
    assert [shown[one.code]["state"] for one in codes] == [names[number] for number in row]
    assert len({each["state"] for each in shown.values()}) > 1


async def test_one_identity_may_open_so_many_pages_and_no_more(
    province: GatewayWorld, scene: Scene
) -> None:
    token = await scene.token("crowd", Scope.VIEWER)
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(listening(province.serving.url, token))
            for _ in range(21)
        ]
        assert [each.answer.status for each in opened] == [200] * 20 + [503]
        assert int(opened[-1].answer.headers["Retry-After"]) > 0
        assert "20 live pages" in (await opened[-1].answer.json())["detail"]


async def test_a_page_hears_something_when_nothing_is_new(
    province: GatewayWorld, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = province.service._hub
    often = replace(hub.options, ping=timedelta(milliseconds=20))
    monkeypatch.setattr(hub, "options", often)
    async with listening(province.serving.url, tokens["viewer"]) as page:
        at = datetime.fromisoformat((await page.next()).data["at"])
        comment = await page.block()

    assert comment.startswith(": ")
    assert datetime.fromisoformat(comment.removeprefix(": ")) >= at.replace(microsecond=0)


async def test_a_page_is_shut_out_when_its_token_is_revoked(
    province: GatewayWorld, scene: Scene
) -> None:
    token = await scene.token("leaver", Scope.VIEWER)
    headers = {"Authorization": f"Bearer {token}"}
    async with listening(province.serving.url, token) as page:
        await page.next()
        await scene.revoke("leaver")
        with pytest.raises(EOFError):
            # Nothing happened that would be told: the stream ends all the same.
            await page.next()
    async with province.client.get("/live/events", headers=headers) as answer:
        assert answer.status == 401


async def test_pages_are_told_since_when_the_database_is_away(
    province: GatewayWorld, tokens: dict[str, str], database_server_url: str
) -> None:
    name = sql.Identifier(province.owner.parameters["dbname"])
    server = DatabaseAddress.from_url(database_server_url)
    async with (
        await connect(server, "tests") as administrator,
        listening(province.serving.url, tokens["viewer"]) as page,
    ):
        first = await page.next()
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        await administrator.execute(allow.format(name, sql.SQL("false")))
        try:
            await administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [province.owner.parameters["dbname"]],
            )
            stale = await page.until("stale")
        finally:
            await administrator.execute(allow.format(name, sql.SQL("true")))
        fresh = await page.until("change")
    await province.serving.ready()
    assert first.data["at"][:19] <= stale.data["since"][:19] < fresh.data["at"]


async def test_a_stop_does_not_wait_for_open_pages(
    province: GatewayWorld, tokens: dict[str, str]
) -> None:
    # Answers that are under way would be given an hour.
    broker, settings = province.broker_address_of("gateway"), settings_of(drain_timeout="1h")
    async with (
        AsyncExitStack() as stack,
        serving(broker, province.login, settings) as gateway,
    ):
        await gateway.ready()
        pages = [
            await stack.enter_async_context(listening(gateway.url, tokens["viewer"]))
            for _ in range(15)
        ]
        for page in pages:
            await page.next()
        gateway.stop.set()
        for page in pages:
            with pytest.raises(EOFError):
                await page.until("never")
    assert gateway.drained
