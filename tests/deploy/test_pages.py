"""The boards as pages beside a demo: when they are drawn, and what is told of it."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.pages import Drawing, Pace, Pages
from deploy.postgres import Postgres
from deploy.services import Service
from deploy.toolchain import Toolchain
from tests.waiting import eventually

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PACE = Pace()
NOTHING = 'srepok_rules_villages{state="served"} 0.0\nsrepok_rules_outbox 0.0\n'
WRITING = 'srepok_rules_villages{state="served"} 21.0\nsrepok_rules_outbox 4.0\n'
DECIDED = 'srepok_rules_villages{state="served"} 21.0\nsrepok_rules_outbox 0.0\n'
WELL = "pass"
BADLY = "import sys; sys.exit('dashboards: the database does not answer')"
FOR_EVER = "import time; time.sleep(600)"


class Rules:
    """The metrics of rules that say what they are told to say."""

    def __init__(self) -> None:
        rules = self
        self.metrics = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(rules.metrics.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def rules() -> Iterator[Rules]:
    made = Rules()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


class Desk:
    """Pages whose drawing is a program of the test's."""

    def __init__(self, port: int, directory: Path) -> None:
        self.program = WELL
        self.drawn: list[Service] = []
        self.said: list[str] = []
        self._log = directory / "boards.log"
        self.pages = Pages(self._draw, port, directory / "boards", self.said.append, PACE)

    def _draw(self) -> Service:
        self.drawn.append(Service("pages", ["-c", self.program], {}, self._log))
        return self.drawn[-1]

    @property
    def ends(self) -> list[int | None]:
        """What each draw ended with; None while it runs."""
        return [drawing.exit_code for drawing in self.drawn]

    async def drawn_at(self, now: datetime) -> None:
        """Look at a moment at which a draw begins, and once more when it has ended."""
        self.pages.look(now)
        await eventually(lambda: self.drawn[-1].exit_code is not None)
        self.pages.look(now)


@pytest.fixture
def desk(rules: Rules, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(rules.server.server_port, tmp_path)
    yield made
    made.pages.stop()


async def test_nothing_is_drawn_before_a_decision_is_written_down(rules: Rules, desk: Desk) -> None:
    now = START
    for metrics in ("", NOTHING, WRITING):
        rules.metrics = metrics
        desk.pages.look(now)
        now += PACE.looks
    assert desk.drawn == []
    rules.metrics = DECIDED
    desk.pages.look(now - timedelta(seconds=1))
    assert desk.drawn == []
    await desk.drawn_at(now)
    assert len(desk.drawn) == 1
    (told,) = desk.said
    assert re.search(r"\d\d:\d\d:\d\d the boards as pages, drawn anew every 60 s:\n", told)
    assert re.search(r"file:///.*/boards/wall\.html   all boards: index\.html beside it$", told)


async def test_they_are_drawn_anew_after_a_minute_without_a_word(rules: Rules, desk: Desk) -> None:
    rules.metrics = DECIDED
    await desk.drawn_at(START)
    # What is known is known: the rules may be on their way back.
    rules.metrics = ""
    desk.pages.look(START + PACE.draws - timedelta(seconds=1))
    assert len(desk.drawn) == 1
    await desk.drawn_at(START + PACE.draws)
    assert len(desk.drawn) == 2
    assert len(desk.said) == 1


async def test_drawing_takes_no_more_than_a_tenth_of_the_time(rules: Rules, desk: Desk) -> None:
    rules.metrics = DECIDED
    desk.pages.look(START)
    await eventually(lambda: desk.drawn[-1].exit_code is not None)
    ended_at = START + timedelta(seconds=20)
    desk.pages.look(ended_at)
    desk.pages.look(ended_at + timedelta(seconds=179))
    assert len(desk.drawn) == 1
    desk.pages.look(ended_at + timedelta(seconds=180))
    assert len(desk.drawn) == 2


async def test_what_goes_wrong_is_told_once_and_tried_again(rules: Rules, desk: Desk) -> None:
    rules.metrics = DECIDED
    now = START
    await desk.drawn_at(now)
    desk.program = BADLY
    for _ in range(2):
        now += PACE.draws
        await desk.drawn_at(now)
    desk.program = WELL
    await desk.drawn_at(now + PACE.draws)
    _, bad, good = desk.said
    assert bad.endswith(
        "the boards cannot be drawn now:\n  dashboards: the database does not answer"
    )
    assert good.endswith("the boards are drawn again")


async def test_what_takes_too_long_is_ended_and_a_stop_does_not_wait(
    rules: Rules, desk: Desk
) -> None:
    rules.metrics = DECIDED
    desk.program = FOR_EVER
    desk.pages.look(START)
    desk.pages.look(START + PACE.patience - timedelta(seconds=1))
    assert desk.ends == [None]
    desk.pages.look(START + PACE.patience)
    assert desk.ends == [-9]
    assert "cannot be drawn now" in desk.said[0]
    desk.pages.look(START + PACE.patience * 20)
    assert desk.ends == [-9, None]
    desk.pages.stop()
    assert desk.ends == [-9, -9]


def drawing(database: str, password_file: Path, directory: Path) -> Callable[[], Drawing]:
    return lambda: Drawing(database, password_file, directory / "boards", PACE.draws)


@pytest.mark.servers
async def test_a_database_that_is_away_leaves_one_line_and_no_traceback(
    rules: Rules, tmp_path: Path, toolchain: Toolchain
) -> None:
    postgres = Postgres(toolchain, tmp_path / "postgres")
    postgres.make()
    said: list[str] = []
    url, password = postgres.url("srepok"), postgres.password_file()
    draw = drawing(url, password, tmp_path)
    pages = Pages(draw, rules.server.server_port, tmp_path / "boards", said.append, PACE)
    rules.metrics = DECIDED
    pages.look(START)

    def told() -> bool:
        pages.look(START)
        return bool(said)

    await eventually(told)
    assert "the database does not answer" in said[0]
    assert "Traceback" not in (tmp_path / "boards.log").read_text()
