"""Previews: pages with the real answers."""

import re
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.cli import main
from dashboards.commands.preview import draw, opening_range
from dashboards.frames import Field, Kind
from dashboards.panel import Panel
from dashboards.preview import charts
from dashboards.preview.asking import ask
from dashboards.preview.book import dated
from dashboards.preview.look import look_of
from dashboards.states import VILLAGE_STATES
from dashboards.text import Language, localise
from dashboards.time_range import TimeRange
from tests.dashboards.asking import TYPED

BOARDS: Final = {board.name: board for board in all_boards()}
END: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
TIME: Final = TimeRange(END - timedelta(hours=1), END)


def body(panel: Panel) -> dict[str, Any]:
    made: dict[str, Any] = localise(dict(panel.body), Language.ENGLISH)
    return made


def svg(text: str) -> ET.Element:
    # It is our own text, made a moment ago.
    return ET.fromstring(text[: text.rindex("</svg>") + 6])  # noqa: S314 - see above


def panel_of(board: str, name: str) -> dict[str, Any]:
    (panel,) = [one for one in BOARDS[board].panels if one.name == name]
    return body(panel)


@pytest.mark.servers
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", BOARDS)
async def test_a_page_has_every_panel_with_its_answer(
    name: str, language: Language, as_grafana: AsyncConnection
) -> None:
    board = BOARDS[name]
    given = {name: str((await ask(as_grafana, sql)).rows[0][0]) for name, sql in TYPED.items()}
    page = await draw(as_grafana, board, language, given, opening_range(board))
    for panel in board.panels:
        assert f"<h3>{localise(panel.body['title'], language)}" in page.replace("&#x27;", "'")
    assert page.count("<svg") > 0 or name == "incidents"
    assert "None" not in page


@pytest.mark.servers
@pytest.mark.parametrize("name", BOARDS)
async def test_a_picture_is_an_svg_with_every_panel(name: str, as_grafana: AsyncConnection) -> None:
    board = BOARDS[name]
    given = {name: str((await ask(as_grafana, sql)).rows[0][0]) for name, sql in TYPED.items()}
    span = opening_range(board)
    drawn = svg(await draw(as_grafana, board, Language.ENGLISH, given, span, form="svg"))
    boxes = drawn.findall("{http://www.w3.org/2000/svg}svg")
    assert len(boxes) == len(list(board.panels))


@pytest.mark.servers
def test_the_command_writes_a_page(filled_url: str, tmp_path: Path) -> None:
    assert main(["preview", "pipeline", "--database", filled_url, "--out", str(tmp_path)]) == 0
    assert "<svg" in (tmp_path / "pipeline.html").read_text()


def test_an_unknown_board_is_told_with_those_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["preview", "nothing", "--database", "postgresql://x", "--out", str(tmp_path)]
    assert main(asked) == 1
    assert "no board 'nothing'; there are" in capsys.readouterr().err


def test_a_database_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["preview", "pipeline", "--database", "postgresql://x@127.0.0.1:1/x"]
    assert main([*asked, "--out", str(tmp_path)]) == 1
    assert "the database does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--set", "comune=22015"], 1, "no variable 'comune'; did you mean commune?"),
        (["--set", "x=1"], 1, "no variable 'x'; there are: commune, village"),
        (["--set", "commune"], 1, "--set commune: NAME=VALUE is needed"),
        (["--range", "6x"], 2, "'6x' is not a duration such as"),
        (["--range", "0h"], 2, "'0h' is no time"),
    ],
)
def test_a_wrong_choice_is_told(
    options: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        sys.exit(main(["preview", "village", "--database", "postgresql://x", *options]))
    assert ended.value.code == code
    assert words in capsys.readouterr().err


@pytest.mark.servers
def test_a_query_that_the_database_refuses_is_told_with_its_place(
    empty_database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["preview", "pipeline", "--database", empty_database_url, "--out", str(tmp_path)]
    assert main(asked) == 1
    said = capsys.readouterr().err
    assert "board pipeline, panel 'Messages a second': the database refuses it" in said
    assert "does not exist" in said


def test_a_gap_is_not_bridged() -> None:
    times = Field("time", Kind.TIME, [TIME.start_at + timedelta(minutes=m) for m in range(5)])
    value = Field("stored", Kind.NUMBER, [1.0, 2.0, None, 3.0, 4.0])
    drawn = svg(charts.lines(panel_of("pipeline", "messages"), [times, value], TIME))
    assert len(drawn.findall("polyline")) == 2


def test_a_state_lasts_until_the_next_and_the_last_one_to_the_end() -> None:
    times = Field("time", Kind.TIME, [TIME.start_at, TIME.start_at + timedelta(minutes=30)])
    value = Field("x", Kind.NUMBER, [0.0, 4.0])
    drawn = svg(charts.states(panel_of("village", "states"), [times, value], TIME))
    served, dark = drawn.findall("rect")
    assert (served.get("fill"), dark.get("fill")) == (
        VILLAGE_STATES[0].colour,
        VILLAGE_STATES[4].colour,
    )
    assert float(dark.get("x", "0")) + float(dark.get("width", "0")) == pytest.approx(charts.WIDTH)


@pytest.mark.parametrize(
    ("unit_of", "value", "text"),
    [
        (("pipeline", "silence"), 90.0, "1.5 min"),
        (("pipeline", "database-size"), 3 << 30, "3.0 GiB"),
        (("pipeline", "rejected-share"), 0.3125, "0.31 %"),
        (("village", "state"), 4.0, "dark"),
    ],
)
def test_a_value_is_told_in_its_unit(unit_of: tuple[str, str], value: float, text: str) -> None:
    look = look_of(panel_of(*unit_of), Field("value", Kind.NUMBER, [value]))
    assert look.text(value) == text


def test_a_value_has_the_colour_of_its_limits() -> None:
    panel = panel_of("pipeline", "silence")
    look = look_of(panel, Field("seconds", Kind.NUMBER, []))
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [look.colour(value) for value in (0.0, 120.0, 299.0, 300.0)] == [
        steps[0]["color"],
        steps[1]["color"],
        steps[1]["color"],
        steps[2]["color"],
    ]


def test_a_page_says_when_it_was_drawn_and_is_read_again_if_asked() -> None:
    page = "<head></head><h1>Wall</h1><p>text</p>"
    once = dated(page, END, Language.ENGLISH, None)
    assert "</h1><p>As of <time>25.11.2026 19:00:00</time></p>" in once
    assert "refresh" not in once
    again = dated(page, END, Language.VIETNAMESE, timedelta(minutes=1))
    assert again.startswith('<head><meta http-equiv="refresh" content="60">')
    assert "<p>Lúc <time>" in again


@pytest.mark.servers
def test_all_boards_are_written_with_a_page_that_leads_to_them(
    filled_url: str, tmp_path: Path
) -> None:
    asked = ["preview", "all", "--database", filled_url, "--out", str(tmp_path), "--reload", "60s"]
    assert main(asked) == 0
    listed = re.findall(r'href="([^"]+)"', (tmp_path / "index.html").read_text())
    assert listed == [f"{name}.html" for name in BOARDS]
    for name in listed:
        assert '<meta http-equiv="refresh" content="60">' in (tmp_path / name).read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", *listed}
