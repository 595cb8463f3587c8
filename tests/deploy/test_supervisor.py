"""What the demo needs is started again when it is gone, and given up when that does not help."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.errors import ServerError
from deploy.supervisor import Patience, Supervisor

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PATIENCE = Patience(waits=(timedelta(0), timedelta(seconds=2)), short_lives=3)


@dataclass
class Act:
    """A part that does as it is told."""

    name: str = "ingest"
    log: Path = Path("/nowhere/ingest.log")
    fate: str | None = None
    talks: bool = True
    is_ready: bool = True
    starts: int = 0
    kills: int = 0
    refusals: list[str] = field(default_factory=list)

    def start(self) -> None:
        if self.refusals:
            raise ServerError(self.refusals.pop())
        self.starts += 1
        self.fate = None

    def how_it_ended(self) -> str | None:
        return self.fate

    def answers(self) -> bool:
        return self.talks

    def ready(self) -> bool:
        return self.is_ready

    def kill(self) -> None:
        self.kills += 1

    def last_words(self) -> str:
        return "  12:00:00 error: no disk"


class Watch:
    """A supervisor whose time goes by as a test says."""

    def __init__(self, part: Act) -> None:
        self.said: list[str] = []
        self._now = START
        self._supervisor = Supervisor(self.said.append, PATIENCE)
        self._supervisor.watch(part, START)

    def after(self, seconds: float) -> list[str]:
        """Look each half second until then; return what is said, without its time."""
        self.said.clear()
        end = self._now + timedelta(seconds=seconds)
        while self._now < end:
            self._now += timedelta(seconds=0.5)
            self._supervisor.look(self._now)
        return [line.partition(" ")[2] for line in self.said]


def test_what_is_gone_is_told_once_started_at_once_and_told_when_it_is_back() -> None:
    part = Act(is_ready=False)
    watch = Watch(part)
    assert watch.after(60) == []
    part.fate = "was killed by signal 9"
    assert watch.after(5) == ["ingest was killed by signal 9; starting it again"]
    assert part.starts == 1
    assert watch.said[0].startswith(f"{(START + timedelta(seconds=60.5)).astimezone():%H:%M:%S} ")
    part.is_ready = True
    assert watch.after(1) == ["ingest is back after 5 s"]
    assert watch.after(60) == []


def test_one_that_ends_again_and_again_waits_longer_and_is_given_up_with_its_last_words() -> None:
    part = Act()
    watch = Watch(part)
    watch.after(60)
    part.fate = "ended with exit code 2"
    watch.after(1)
    part.fate = "ended with exit code 2"
    assert watch.after(1) == ["ingest ended with exit code 2; starting it again in 2 s"]
    assert watch.after(3) == ["ingest is back after 2 s"]
    part.fate = "ended with exit code 2"
    with pytest.raises(ServerError) as caught:
        watch.after(1)
    assert str(caught.value) == (
        "ingest ended with exit code 2; it ended 3 times, each time within 30 s of its start, and "
        "is given up. Its log, /nowhere/ingest.log, ends:\n  12:00:00 error: no disk"
    )


def test_a_long_life_is_forgiven() -> None:
    part = Act()
    watch = Watch(part)
    for _ in range(5):
        watch.after(40)
        part.fate = "has died"
        assert watch.after(1) == [
            "ingest has died; starting it again",
            "ingest is back after 0 s",
        ]


def test_one_that_hangs_is_ended_and_started_and_a_slow_one_is_not() -> None:
    part = Act()
    watch = Watch(part)
    part.talks = False
    assert watch.after(20) == []
    part.talks = True
    assert watch.after(10) == []
    part.talks = False
    assert watch.after(35) == ["ingest has not answered for 30 s and was ended; starting it again"]
    assert (part.kills, part.starts) == (1, 1)
    # From its start it has longer: it may have much to read first.
    assert watch.after(60) == []


def test_one_that_cannot_be_started_is_tried_again() -> None:
    part = Act(refusals=["port 5 is taken\nsee its log"])
    watch = Watch(part)
    watch.after(60)
    part.fate = "has died"
    assert watch.after(1) == [
        "ingest has died; starting it again",
        "ingest does not start: port 5 is taken; starting it again in 2 s",
    ]
    assert watch.after(3) == ["ingest is back after 2 s"]
