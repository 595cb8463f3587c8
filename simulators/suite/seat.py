"""Seats: one watcher in one run, from its start to its end, restarted in between if need be."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.score.evidence import Cost
from simulators.suite.contestants import Contestant
from simulators.suite.pipe import Pipe
from simulators.suite.process import Process

_LATE: Final = "not done by the deadline, stopped"


@dataclass(frozen=True, slots=True)
class Attendance:
    """What a watcher leaves behind.

    Attributes:
        incidents: the file that it wrote.
        cost: what it took.
        failure: why it did not get to the end; None if it did.
    """

    incidents: Path
    cost: Cost
    failure: str | None


class Seat:
    """Starts a watcher for each part of a run and sees to it that the run never waits in vain.

    Args:
        contestant: the watcher.
        directory: where its files stay.
        passing: a directory for what is of no use after the run, its FIFOs among it.
        parts: how many the run has: two if watchers are restarted.
        inventory: as published.
    """

    def __init__(
        self, contestant: Contestant, directory: Path, passing: Path, parts: int, inventory: Path
    ) -> None:
        names = [f"{contestant.name}-{part}" for part in range(parts)]
        self.pipes = tuple(Pipe(passing / name) for name in names)
        self._contestant = contestant
        self._directory = directory
        self._passing = passing
        self._inventory = inventory
        self._part = 0
        self._stderr = directory / f"{contestant.name}.stderr"
        self._stderr.unlink(missing_ok=True)
        self._process: Process | None = None
        self._cost = Cost()
        self._failure: str | None = None
        self._over = False

    @property
    def over(self) -> bool:
        """Whether the watcher is done, or given up."""
        return self._over

    def start(self) -> None:
        """Start the watcher for the next part."""
        places = {
            "events": self.pipes[self._part].path,
            "inventory": self._inventory,
            "out": self._out(self._part),
            "state": self._passing / f"{self._contestant.name}.state",
        }
        try:
            self._process = Process(self._contestant.arguments(places), self._stderr)
        except OSError as error:
            self._give_up(f"not started: {error}")

    def step(self, *, written: bool) -> None:
        """Look after the watcher.

        Args:
            written: nothing more will be written in the whole run.
        """
        if self._over or self._process is None:
            return
        code = self._process.poll()
        if code is None:
            self._let_end(written=written or self._next_begun())
        elif code:
            words = self._process.last_words()
            self._give_up(f"ended with code {code}" + (f": {words}" if words else ""))
        else:
            self._finish_part(written=written)

    def is_late(self, *, written: bool) -> bool:
        """Whether the run waits for this watcher, rather than it for the run."""
        return not self._over and (written or self.pipes[self._part].waiting() > 0)

    def stop(self, reason: str = _LATE) -> None:
        """End the watcher before it is done."""
        if not self._over:
            self._give_up(reason)

    def close(self) -> None:
        """End the watcher if it still runs, and remove its FIFOs."""
        self.stop()
        for pipe in self.pipes:
            pipe.close()

    def attendance(self) -> Attendance:
        """Return what it left behind; what it wrote in all parts becomes one file."""
        incidents = self._directory / f"{self._contestant.name}.jsonl"
        with incidents.open("wb") as whole:
            for part in range(len(self.pipes)):
                written = self._out(part)
                if written.exists():
                    with written.open("rb") as lines:
                        shutil.copyfileobj(lines, whole)
        return Attendance(incidents, self._cost, self._failure)

    def _let_end(self, *, written: bool) -> None:
        pipe = self.pipes[self._part]
        if written and pipe.waiting():
            pipe.hold_open()
        elif written:
            pipe.end()

    def _next_begun(self) -> bool:
        following = self._part + 1
        return following < len(self.pipes) and self.pipes[following].waiting() > 0

    def _finish_part(self, *, written: bool) -> None:
        """Go on to the next part once the run has come to it; until then nothing may wait."""
        self.pipes[self._part].drain()
        if self._next_begun():
            self._collect()
            self._part += 1
            self.start()
        elif written or self._part + 1 == len(self.pipes):
            self._collect()
            self._over = True

    def _give_up(self, reason: str) -> None:
        self._failure = reason
        self._over = True
        if self._process is not None:
            self._process.kill()
            self._collect()
        for pipe in self.pipes:
            pipe.end()
            pipe.drain()

    def _collect(self) -> None:
        if self._process is not None:
            self._cost += self._process.cost
            self._process = None

    def _out(self, part: int) -> Path:
        return self._passing / f"{self._contestant.name}.part{part + 1}"
