"""The page for people: whole, safe without scripts, and leading from problems to what they mean."""

import asyncio
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gateway.api.catalogue import OPERATIONS
from gateway.api.documentation import page
from gateway.api.openapi import openapi
from gateway.problems.kinds import KINDS
from tests.gateway.api.api_world import ApiWorld

PAGE = Path(__file__).parents[3] / "docs" / "api.md"


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


def test_a_form_can_be_asked_for_where_there_is_more_than_one() -> None:
    for operation in OPERATIONS:
        assert operation.sheet == ("format" in operation.query.model_fields), operation.name


@pytest.mark.servers
async def test_they_are_served_to_anybody(api: ApiWorld) -> None:
    shown = await api.ask("/api/docs", None)
    described = await api.ask("/api/openapi.json", None)
    style = await api.ask("/api/docs.css", None)

    assert shown.content.decode() == page()
    assert described.json == openapi()
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "script-src" in shown.headers["Content-Security-Policy"]


@pytest.mark.servers
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
async def test_every_example_of_the_page_does_what_it_says(api: ApiWorld, tmp_path: Path) -> None:
    examples = re.findall(
        r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    environ = {
        "PATH": os.environ["PATH"],
        "SREPOK": api.url.rstrip("/"),
        "TOKEN": api.tokens["operator"],
    }
    assert len(examples) >= 9
    for example in examples:
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", example),
            env=environ,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, f"{example}\n{said.decode()}"
    story = await api.pages("/api/v1/incidents", "viewer", acknowledged="true")
    assert "Hà" in {each["acknowledged_by"] for each in story}
    assert (tmp_path / "links.csv").read_text().startswith("code,village,")
