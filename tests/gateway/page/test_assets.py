"""The page's files: words that are all there, a map that is small, and how browsers keep them."""

import re
from importlib.resources import files

import pytest
from yarl import URL

from gateway.api.hooks.annotations import KIND as ANNOTATED
from gateway.page.assets import load_assets
from gateway.page.words import all_words
from province.dak_lak import load_communes
from rules.incidents.entries import Deed
from rules.incidents.record import Step
from tests.gateway.gateway_world import GatewayWorld

_USED = re.compile(r"""(?<!#)say\(\s*"(\w+)"|data-word="(\w+)"|words\.(\w+)""")
_CHOSEN = re.compile(r"""say\([^)]*\? "(\w+)" : "(\w+)\"""")


def test_every_word_that_the_page_uses_is_there() -> None:
    page = files("gateway.page")
    sources = [page / "templates" / "page.html.j2", *(page / "static").iterdir()]
    texts = [source.read_text(encoding="utf-8") for source in sources]
    found = {
        word
        for text in texts
        for pattern in (_USED, _CHOSEN)
        for groups in pattern.findall(text)
        for word in groups
        if word
    }
    assert len(found) > 40
    assert found - {"js"} <= all_words().keys()


def test_every_kind_of_entry_that_the_page_shows_has_its_words() -> None:
    # Work and mutes are announced for themselves: they stand in no incident's story.
    kinds = {*Step, ANNOTATED, *(deed for deed in Deed if "_" not in deed)}
    assert {f"step_{kind}" for kind in kinds} <= all_words().keys()


def test_the_map_has_every_commune_and_is_small() -> None:
    body = load_assets().by_name["map.svg"].body
    drawn = re.findall(rb'data-commune="(\d+)"', body)
    assert sorted(code.decode() for code in drawn) == [one.code for one in load_communes()]
    assert len(body) < 300_000
    assert b'd=""' not in body


@pytest.mark.servers
async def test_browsers_keep_files_for_ever_and_ask_for_none_of_another_release(
    province: GatewayWorld,
) -> None:
    root = load_assets().root
    async with province.client.get(f"{root}/page.js") as answer:
        tag, kept = answer.headers["ETag"], answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "immutable" in kept
    async with province.client.get(f"{root}/page.js", headers={"If-None-Match": tag}) as answer:
        assert (answer.status, await answer.read()) == (304, b"")
    for path in ("/static/0123456789abcdef/page.js", f"{root}/page.py", f"{root}/..%2fwords.py"):
        async with province.client.get(path) as answer:
            assert answer.status in {400, 404}, path


@pytest.mark.servers
async def test_the_page_leads_to_the_login_and_back(province: GatewayWorld) -> None:
    async with province.client.get("/?incident=x1", allow_redirects=False) as answer:
        assert answer.status == 303
        assert URL(answer.headers["Location"]).query["next"] == "/?incident=x1"
    async with province.client.get("/live/events") as answer:
        assert answer.status == 401
