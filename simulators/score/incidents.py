"""Incidents: what a watcher said of a run. docs/scoring.md describes its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from simulators.score.errors import LogError
from simulators.score.lines import At, Line, LineReader
from simulators.score.lives import Incident, IncidentLine, Lives

FORMAT: Final = "srepok-incidents/1"
EVERY_VILLAGE: Final = "*"
"""Stands for the code of each village."""


class HeaderLine(Line):
    """An optional line that names the format."""

    kind: Literal["header"]
    format: Literal["srepok-incidents/1"]


class VillageLine(Line):
    """What the watcher's book says of a village from `since` on; times are in milliseconds.

    Attributes:
        at: when it said so.
        village: its code, or `EVERY_VILLAGE`.
        since: from when on, back-dated; `at` where it is left out.
        p_down: how probable it is that the village is dark.
    """

    kind: Literal["village"]
    at: At
    village: str
    state: Literal["served", "degraded", "dark", "unknown", "maintenance"]
    since: At | None = None
    p_down: Annotated[float, Field(ge=0, le=1)] | None = None

    @property
    def begins(self) -> int:
        """From when on the book says so; a book does not say what will be."""
        return self.at if self.since is None else min(self.since, self.at)


@dataclass(frozen=True, slots=True)
class IncidentLog:
    """All that a watcher said, in the order in which it did.

    Attributes:
        incidents: in the order of their opening; one that was cleared and opened again under
            the same name is there twice.
        books: what it said of villages.
    """

    incidents: Sequence[Incident] = ()
    books: Sequence[VillageLine] = ()


AnyIncidentLine = HeaderLine | IncidentLine | VillageLine
_LINES: Final[LineReader[AnyIncidentLine]] = LineReader(
    TypeAdapter(Annotated[AnyIncidentLine, Field(discriminator="kind")])
)


class _Reading:
    """Takes lines as long as they are right."""

    def __init__(self) -> None:
        self._lives = Lives()
        self._books: list[VillageLine] = []
        self._clock: int | None = None

    def take(self, path: Path) -> None:
        for number, line in _LINES.read(path):
            if isinstance(line, HeaderLine):
                continue
            if self._clock is not None and line.at < self._clock:
                raise LogError(f"{path}:{number}: at: it is before that of an earlier line")
            self._clock = line.at
            if isinstance(line, VillageLine):
                self._books.append(line)
                continue
            problem = self._lives.take(line)
            if problem is not None:
                raise LogError(f"{path}:{number}: incident {line.incident!r}: {problem}")

    def log(self) -> IncidentLog:
        return IncidentLog(self._lives.incidents(), tuple(self._books))


def read_incidents(path: Path) -> IncidentLog:
    """Read a file of incidents.

    Raises:
        LogError: it breaks its format; the message names file and line.
        OSError: it cannot be read.
    """
    reading = _Reading()
    reading.take(path)
    return reading.log()


def salvage_incidents(path: Path) -> tuple[IncidentLog, str | None]:
    """Read a file of incidents as far as it is right.

    Returns:
        what was read, and what ended it: None if nothing did.
    """
    reading = _Reading()
    try:
        reading.take(path)
    except (LogError, OSError) as error:
        return reading.log(), str(error)
    return reading.log(), None
