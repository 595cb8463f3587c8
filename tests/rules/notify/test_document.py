"""What docs/operations/notifications.md shows, done."""

import json
import re
import shlex
from pathlib import Path

import pytest

from rules.cli import main
from rules.notify.model import key_of
from rules.notify.payload import dispatch_json
from rules.notify.routes_file import parse_routes
from rules.notify.signing import parse_key
from tests.rules.notify.make import WRITER, make_dispatch, make_record

PAGE = Path(__file__).parents[3] / "docs" / "operations" / "notifications.md"


def blocks(kind: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_every_routes_file_of_the_page_can_be_read() -> None:
    files = blocks("yaml")
    assert len(files) == 3
    for file in files:
        assert parse_routes(file.encode(), "page").receivers


def test_the_commands_of_the_page_say_who_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("routes.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    Path("secrets").mkdir()
    key = run_python(blocks("python")[0], capsys)
    for name, secret in (
        ("desk-url", "https://desk.example/t0ken"),
        ("desk-key", key),
        ("mail-password", "p"),
    ):
        Path("secrets", name).write_text(f"{secret}\n")
    for line in blocks("sh")[0].splitlines():
        assert main(shlex.split(line)[3:], {}) == 0
    said = capsys.readouterr().out
    assert "routes.yaml: good: 4 routes" in said
    assert "t0ken" not in said
    tried = said.partition("intervals that hold: nights\n")[2]
    assert [line.partition(",")[0] for line in tried.splitlines()] == [
        "bus (mqtt)",
        "on-call (mail)",
        "chief",
    ]


def run_python(block: str, capsys: pytest.CaptureFixture[str]) -> str:
    exec(compile(block, str(PAGE), "exec"), {})  # noqa: S102 - the page's own example
    key = capsys.readouterr().out.strip()
    assert len(parse_key(key, "page")) == 32
    return key


def test_the_json_of_the_page_has_the_fields_that_are_sent() -> None:
    shown = json.loads(blocks("json")[0])
    dispatch = make_dispatch(make_record())
    sent = json.loads(dispatch_json(dispatch, WRITER.write(dispatch), WRITER))
    assert shown.keys() == sent.keys()
    assert shown["data"].keys() == sent["data"].keys()
    (example,), (real,) = shown["data"]["notices"], sent["data"]["notices"]
    assert example.keys() == real.keys()
    told = {"id", "thread", "url"}
    assert {k: v for k, v in example.items() if k not in told} == {
        k: v for k, v in real.items() if k not in told
    }
    assert real["id"] == key_of("desk", "cut-1", "raise")
