"""The boards as pages, where no Grafana shows them: drawn from the demo's running database.

They are drawn by a command of its own, at low priority, which nobody waits for. What goes wrong
with it is told, and tried again.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.commands import PAGES, fill
from deploy.pulse import fetch
from deploy.services import Service

WALL, INDEX = "wall.html", "index.html"
"""The province wall, and the page that leads to all boards."""

_SERVED: Final = 'srepok_rules_villages{state="served"}'
_WAITING: Final = "srepok_rules_outbox"
_GOOD: Final = 0
_SHARE: Final = 10
"""Of the time, no more than one part of so many goes into drawing."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often what is done.

    Attributes:
        looks: between two looks whether there is something to see yet.
        draws: from the end of drawing to the next beginning, at the least.
        patience: drawing that takes longer is ended.
    """

    looks: timedelta = timedelta(seconds=5)
    draws: timedelta = timedelta(minutes=1)
    patience: timedelta = timedelta(minutes=2)


class Drawing(Service):
    """One run of the command that draws all pages.

    Args:
        database: its address, with a login that may read.
        password_file: with the password of that.
        pages: the directory of the pages.
        reload: how often a browser reads them again.
    """

    def __init__(self, database: str, password_file: Path, pages: Path, reload: timedelta) -> None:
        words = {
            "database": database,
            "path": str(password_file),
            "out": str(pages),
            "reload": f"{reload.total_seconds():g}s",
        }
        super().__init__("pages", (), {}, pages.with_suffix(".log"))
        # The services come first.
        self._command = ["nice", "-n", "10", sys.executable, *fill(PAGES, **words)]


class Pages:
    """Draws the boards again and again, from the rules' first decisions on.

    Args:
        draw: makes a run of the command, which is not started yet.
        rules_port: of the rules' probes.
        directory: the pages are there.
        say: tells a person, one line at a time.
        pace: how often.
    """

    def __init__(
        self,
        draw: Callable[[], Service],
        rules_port: int,
        directory: Path,
        say: Callable[[str], None],
        pace: Pace,
    ) -> None:
        self._draw = draw
        self._rules_port = rules_port
        self._directory = directory
        self._say = say
        self._pace = pace
        self._drawing: Service | None = None
        self._began_at: datetime | None = None
        self._next_at: datetime | None = None
        self._seen = False
        self._failed = False

    def look(self, now: datetime) -> None:
        """Begin to draw when it is time, or see what became of it; it never waits."""
        if self._drawing is not None and self._began_at is not None:
            self._see(self._drawing, now - self._began_at, now)
        elif self._next_at is None or now >= self._next_at:
            self._begin(now)

    def stop(self) -> None:
        """End what is being drawn; the pages stay."""
        if self._drawing is not None:
            self._drawing.kill()

    def _begin(self, now: datetime) -> None:
        if not self._seen and not self._something_to_see():
            self._next_at = now + self._pace.looks
            return
        self._drawing, self._began_at = self._draw(), now
        self._drawing.start()

    def _something_to_see(self) -> bool:
        """Whether the rules know of a village that it is served, and have written that down."""
        _, text = fetch(self._rules_port, "metrics")
        lines = (line.rpartition(" ") for line in text.splitlines())
        values = {name: value for name, _, value in lines}
        return float(values.get(_SERVED, 0)) > 0 and float(values.get(_WAITING, 1)) == 0

    def _see(self, drawing: Service, took: timedelta, now: datetime) -> None:
        code = drawing.exit_code
        if code is None and took < self._pace.patience:
            return
        if code is None:
            drawing.kill()
        self._drawing = None
        share = took * (_SHARE - 1) if code == _GOOD else timedelta(0)
        self._next_at = now + max(self._pace.draws, share)
        if code == _GOOD:
            self._tell_good(now)
        else:
            self._tell_bad(drawing, now)

    def _tell_good(self, now: datetime) -> None:
        if not self._seen:
            every = f"{self._pace.draws.total_seconds():.0f} s"
            self._tell(
                f"the boards as pages, drawn anew every {every}:\n"
                f"  {(self._directory / WALL).as_uri()}   all boards: {INDEX} beside it",
                now,
            )
        elif self._failed:
            self._tell("the boards are drawn again", now)
        self._seen, self._failed = True, False

    def _tell_bad(self, drawing: Service, now: datetime) -> None:
        if not self._failed:
            self._tell(f"the boards cannot be drawn now:\n{drawing.last_words()}", now)
        self._failed = True

    def _tell(self, what: str, now: datetime) -> None:
        self._say(f"{now.astimezone():%H:%M:%S} {what}")
