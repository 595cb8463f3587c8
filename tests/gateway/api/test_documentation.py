"""The page for people: whole, safe without scripts, and leading from problems to what they mean."""

import re
from html.parser import HTMLParser

import pytest

from gateway.api.catalogue import OPERATIONS
from gateway.api.documentation import page
from gateway.api.openapi import openapi
from gateway.api.problem_kinds import KINDS
from tests.gateway.api.api_world import ApiWorld


class _Page(HTMLParser):
    """What a page has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src"}:
                self.links.append(value or "")


def test_every_link_leads_somewhere_and_nothing_comes_from_elsewhere() -> None:
    shown = _Page(page())
    inside = {link.removeprefix("#") for link in shown.links if link.startswith("#")}

    assert inside <= set(shown.ids)
    assert len(shown.ids) == len(set(shown.ids))
    assert {link for link in shown.links if not link.startswith("#")} == {
        "/api/docs.css",
        "/api/openapi.json",
    }
    assert not shown.tags & {"script", "style", "iframe", "img"}
    assert not {name for name in shown.attributes if name.startswith("on") or name == "style"}


def test_each_operation_and_each_problem_has_its_place() -> None:
    ids = set(_Page(page()).ids)
    assert {operation.name for operation in OPERATIONS} <= ids
    assert {kind.uri.partition("#")[2] for kind in KINDS} <= ids


def test_every_parameter_and_every_answer_says_what_it_is() -> None:
    for path, operations in openapi()["paths"].items():
        assert set(re.findall(r"\{(\w+)\}", path)) == {
            parameter["name"]
            for operation in operations.values()
            for parameter in operation["parameters"]
            if parameter["in"] == "path"
        }
        for operation in operations.values():
            assert operation["summary"]
            assert {"401", "403", "500", "503"} < set(operation["responses"])


@pytest.mark.servers
async def test_they_are_served_to_anybody(api: ApiWorld) -> None:
    shown = await api.ask("/api/docs", None)
    described = await api.ask("/api/openapi.json", None)
    style = await api.ask("/api/docs.css", None)

    assert shown.content.decode() == page()
    assert described.json == openapi()
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "script-src" in shown.headers["Content-Security-Policy"]
