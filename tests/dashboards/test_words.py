"""Words: every code that the database can hold has them, and no board shows a code as it is."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import pytest
from psycopg import AsyncConnection

from dashboards import words
from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.frames import Field, Kind, make_frame
from dashboards.preview.asking import ask
from dashboards.preview.look import look_of
from dashboards.query import queries_of
from dashboards.text import Language, localise
from gateway.api.hooks.annotations import KIND as ANNOTATED
from gateway.page.words import all_words
from ingest.rejection import Reason
from province import presence, reasons
from province.devices import DeviceKind
from province.topology import NodeKind, Technology
from rules.books.causes import Cause
from rules.incidents import words as of_the_rules
from rules.incidents.entries import RULES, WITHHELD, Deed
from rules.incidents.mutes import MuteKind
from rules.incidents.record import Status, Step
from rules.incidents.windows import ScopeKind
from rules.model import IncidentClass
from rules.notify.model import Telling
from tests.dashboards.asking import Asked, panel_queries, screen_of

ROOT: Final = Path(__file__).parents[2]
SCHEMA: Final = (ROOT / "docs" / "schema" / "schema.sql").read_text(encoding="utf-8")


def checked(constraint: str) -> set[str]:
    """Return the values that a CHECK of the database lets a column have."""
    found = re.search(rf"CONSTRAINT {constraint} CHECK \(\s*\w+ IN \(([^)]*)\)", SCHEMA)
    assert found is not None
    return set(re.findall(r"'(\w+)'", found[1]))


CODES: Final[dict[str, set[str]]] = {
    "CLASSES": set(IncidentClass),
    "STATUSES": set(Status),
    "KINDS": {*of_the_rules.KINDS, *NodeKind, *ScopeKind},
    "DEVICES": set(DeviceKind),
    "ENTRIES": {*Step, *Deed, WITHHELD, ANNOTATED},
    "ACTORS": {RULES},
    "TELLINGS": set(Telling),
    "CAUSES": {cause for cause in Cause if cause is not Cause.UNKNOWN} | {"unexplained"},
    "REVISIONS": checked("book_revisions_kind"),
    "SUBJECTS": checked("book_revisions_subject"),
    "MUTES": set(MuteKind),
    "EVENTS": checked("presence_events_kind"),
    "ENDINGS": set(get_args(get_args(get_type_hints(presence.Status)["reason"])[0])),
    "REFUSALS": set(Reason),
    "TECHNOLOGIES": set(Technology),
}


@pytest.mark.parametrize("table", CODES)
def test_every_code_has_words(table: str) -> None:
    assert {str(code) for code in CODES[table]} == set(getattr(words, table))


def test_the_rules_and_the_boards_use_the_same_words() -> None:
    classes = {str(code): said for code, said in of_the_rules.CLASSES.items()}
    for said, ours in ((classes, words.CLASSES), (of_the_rules.KINDS, words.KINDS)):
        assert {code: (ours[code].en, ours[code].vi) for code in said} == dict(said)


def test_the_live_page_and_the_boards_use_the_same_words() -> None:
    steps = {name: text for name, text in all_words().items() if name.startswith("step_")}
    assert len(steps) > 10
    assert {f"step_{code}": text for code, text in words.ENTRIES.items()}.items() >= steps.items()


def test_what_is_withheld_is_what_the_docs_say() -> None:
    text = (ROOT / "docs" / "outages.md").read_text(encoding="utf-8")
    table = text.split("## What is withheld")[1].split("## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(words.WITHHELD)


def engine_reasons() -> Iterator[str]:
    """Yield the reasons that the engine gives in so many words."""
    for path in (ROOT / "rules" / "engine").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"clear", "withhold", "_say", "_say_all", "LinkHeld", "VillageHeld"}:
                constants = (one.value for one in node.args if isinstance(one, ast.Constant))
                yield from (one for one in constants if isinstance(one, str))


def shown(code: str, language: Language) -> str:
    """Return what a column of decisions shows."""
    properties = [{"id": "mappings", "value": words.word_mappings(words.DECISIONS)}]
    panel: dict[str, Any] = localise(
        {
            "fieldConfig": {
                "defaults": {
                    "unit": "none",
                    "color": {"mode": "thresholds"},
                    "thresholds": {"steps": []},
                },
                "overrides": [
                    {"matcher": {"id": "byName", "options": "reason"}, "properties": properties}
                ],
            }
        },
        language,
    )
    return look_of(panel, Field("reason", Kind.TEXT, [code])).text(code)


def test_every_decision_of_the_engine_has_words() -> None:
    reasons = set(engine_reasons())
    assert len(reasons) > 5
    assert reasons <= set(words.DECISIONS)


SAID: Final = {
    name: reason.text
    for name, reason in vars(reasons).items()
    if isinstance(reason, reasons.Reason)
}


@pytest.mark.parametrize("name", SAID)
def test_reasons_are_told_in_the_words_of_the_rules(name: str) -> None:
    values = dict.fromkeys(re.findall(r"\{(\w+)\}", SAID[name].en), "7")
    written = SAID[name].en.format(**values)
    assert shown(written, Language.ENGLISH) == written
    assert shown(written, Language.VIETNAMESE) == SAID[name].vi.format(**values)


@pytest.mark.parametrize(
    ("code", "vietnamese"),
    [
        ("29 fell silent together, score 18.9", "29 thiết bị cùng mất tín hiệu, điểm 18.9"),
        ("3 probes lose packets", "3 đầu đo bị mất gói"),
        ("part of i12", "là một phần của i12"),
        ("database is down", "cơ sở dữ liệu ngừng hoạt động"),
        ("recovered", "đã khôi phục"),
        ("called the operator", "called the operator"),
    ],
)
def test_a_decision_with_figures_in_it_is_shown_in_words(code: str, vietnamese: str) -> None:
    assert shown(code, Language.ENGLISH) == code
    assert shown(code, Language.VIETNAMESE) == vietnamese


def test_names_of_lines_say_technologies_in_the_same_words() -> None:
    sql = queries_of("shared")["technology_words"]
    plain = dict(re.findall(r"WHEN '(\w+)' THEN '(\w+)'", sql))
    both = re.findall(
        r"WHEN '(\w+)' THEN CASE '\{language\}' WHEN 'vi' THEN '([^']+)' ELSE '([^']+)'", sql
    )
    said = {code: (name, name) for code, name in plain.items() if code != "vi"}
    said |= {code: (english, vietnamese) for code, vietnamese, english in both}
    assert said == {code: (text.en, text.vi) for code, text in words.TECHNOLOGIES.items()}


VIETNAMESE: Final = {
    asked.name: asked
    for board in all_boards()
    for asked in panel_queries(board, Language.VIETNAMESE)
}
TRANSLATED: Final = {
    code
    for table in (*CODES, "DECISIONS")
    for code, text in getattr(words, table).items()
    if text.vi != code
}
LINES: Final = {"timeseries", "state-timeline", "stat"}
CODE: Final = re.compile("|".join((*map(re.escape, sorted(TRANSLATED)), "[a-z]+(_[a-z0-9]+)+")))


def codes_on(asked: Asked, frame: list[Field]) -> Iterator[str]:
    """Yield what people are shown that is a code, or a column's name."""
    named = len(frame) > 1 and asked.panel["type"] in LINES
    for field in frame:
        look = look_of(asked.panel, field)
        if field.kind is Kind.TEXT and not look.hidden:
            yield from (one for one in field.values if one in TRANSLATED and look.text(one) == one)
        elif field.kind is Kind.NUMBER and named and CODE.fullmatch(look.title):
            yield look.title


@pytest.mark.servers
@pytest.mark.parametrize("name", VIETNAMESE)
async def test_no_board_shows_a_code(name: str, as_grafana: AsyncConnection) -> None:
    asked = VIETNAMESE[name]
    screen = await screen_of(as_grafana, asked.board, timedelta(hours=6))
    answer = await ask(as_grafana, expand(asked.sql, screen))
    assert set(codes_on(asked, list(make_frame(answer, asked.shape)))) == set()
