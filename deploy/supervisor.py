"""The supervisor: what the demo needs is watched, started again when it is gone, and told of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from deploy.errors import ServerError


class Part(Protocol):
    """Something that must run: a server or a service."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def log(self) -> Path:
        """Its log file."""

    def start(self) -> None:
        """Start it, with all that it had before.

        Raises:
            ServerError: it does not start; the first line of the message says why.
        """

    def how_it_ended(self) -> str | None:
        """Return what became of it, such as `was killed by signal 9`; None while it runs."""

    def answers(self) -> bool:
        """Whether it answers at this moment, be it ready or not."""

    def ready(self) -> bool:
        """Whether it does its work."""

    def kill(self) -> None:
        """End it at once, and all that belongs to it."""

    def last_words(self) -> str:
        """Return the last things that it said, for a person."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the supervisor bears what.

    Attributes:
        silence: without an answer; then it is ended and started again.
        first_answer: from a start to the first answer, in place of `silence`.
        asked_every: how often one that runs is asked for an answer.
        quick: a life so short makes the next start wait, and counts against it.
        waits: before the start behind the first, the second, and each further short life.
        short_lives: after so many in a row it is given up.
    """

    silence: timedelta = timedelta(seconds=30)
    first_answer: timedelta = timedelta(seconds=90)
    asked_every: timedelta = timedelta(seconds=5)
    quick: timedelta = timedelta(seconds=30)
    waits: tuple[timedelta, ...] = tuple(timedelta(seconds=each) for each in (0, 1, 2, 5))
    short_lives: int = 5


class Supervisor:
    """Keeps parts running.

    Args:
        say: tells a person, one line at a time.
        patience: with them.
    """

    def __init__(self, say: Callable[[str], None], patience: Patience | None = None) -> None:
        self._say = say
        self._patience = patience or Patience()
        self._watches: list[_Watch] = []

    def watch(self, part: Part, now: datetime) -> None:
        """Look after a part, which runs already, from now on."""
        self._watches.append(_Watch(part, self._patience, self._say, now))

    def look(self, now: datetime) -> None:
        """Look at every part once, and start again what is gone.

        Raises:
            ServerError: one ends again and again; the message ends with its last words.
        """
        for watch in self._watches:
            watch.look(now)


class _Watch:
    """The watch over one part."""

    def __init__(
        self, part: Part, patience: Patience, say: Callable[[str], None], now: datetime
    ) -> None:
        self._part = part
        self._patience = patience
        self._say = say
        self._started_at = self._asked_at = self._heard_at = now
        self._heard = True
        self._short_lives = 0
        self._fell_at: datetime | None = None
        self._start_at: datetime | None = None

    def look(self, now: datetime) -> None:
        if self._start_at is not None:
            if now >= self._start_at:
                self._start(now)
            return
        how = self._part.how_it_ended()
        if how is not None:
            self._fall(how, now)
        elif self._fell_at is not None or now - self._asked_at >= self._patience.asked_every:
            self._ask(now)

    def _ask(self, now: datetime) -> None:
        self._asked_at = now
        if self._part.answers():
            self._heard, self._heard_at = True, now
            if self._fell_at is not None and self._part.ready():
                self._tell(f"is back after {(now - self._fell_at).total_seconds():.0f} s", now)
                self._fell_at = None
            return
        limit = self._patience.silence if self._heard else self._patience.first_answer
        if now - self._heard_at >= limit:
            self._part.kill()
            self._fall(f"has not answered for {limit.total_seconds():.0f} s and was ended", now)

    def _fall(self, how: str, now: datetime) -> None:
        patience = self._patience
        short = now - self._started_at < patience.quick
        self._short_lives = self._short_lives + 1 if short else 1
        if self._short_lives >= patience.short_lives:
            raise ServerError(
                f"{self._part.name} {how}; it ended {self._short_lives} times, each time within "
                f"{patience.quick.total_seconds():.0f} s of its start, and is given up. "
                f"Its log, {self._part.log}, ends:\n{self._part.last_words()}"
            )
        wait = patience.waits[min(self._short_lives, len(patience.waits)) - 1]
        when = f" in {wait.total_seconds():.0f} s" if wait else ""
        self._tell(f"{how}; starting it again{when}", now)
        self._fell_at = self._fell_at or now
        self._start_at = now + wait
        if not wait:
            self._start(now)

    def _start(self, now: datetime) -> None:
        self._started_at = self._heard_at = now
        self._heard = False
        self._start_at = None
        try:
            self._part.start()
        except ServerError as error:
            self._fall(f"does not start: {str(error).splitlines()[0]}", now)

    def _tell(self, what: str, now: datetime) -> None:
        self._say(f"{now.astimezone():%H:%M:%S} {self._part.name} {what}")
