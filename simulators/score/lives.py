"""Lives: the lines of one incident, from opening to clearing, as one object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import Field

from simulators.score.lines import At, Line

IncidentClass = Literal["outage", "degradation", "pipeline", "device", "sensor", "info"]
Action = Literal["open", "update", "clear"]

OPENED: Final[frozenset[str]] = frozenset({"outage", "degradation", "pipeline"})
"""Classes that call people to work at once; the others are tickets and remarks."""
FREE_UPDATES: Final = 3
"""Updates of an incident that people gladly read; each after them is one notice more."""


class IncidentLine(Line):
    """One thing said of an incident; times are in milliseconds.

    Attributes:
        at: the watcher's clock.
        incident: any name.
        incident_class: needed to open; kept until another is said.
        root: the codes it takes for the cause.
        villages, links: what it takes to be hit, as far as known at this moment.
        onset, end: back-dated.
        planned: it is part of announced work; kept until something else is said.
        notified: people were told, by this line.
    """

    kind: Literal["incident"]
    at: At
    incident: str
    action: Action
    incident_class: Annotated[IncidentClass | None, Field(alias="class")] = None
    root: Sequence[str] = ()
    villages: Sequence[str] = ()
    links: Sequence[str] = ()
    onset: At | None = None
    end: At | None = None
    planned: bool | None = None
    notified: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """One line of an incident.

    Attributes:
        at: when it was said, in milliseconds.
        incident_class: what it was taken for at that moment.
        root, villages: those of the line, sorted.
        notified: people were told.
    """

    at: int
    action: Action
    incident_class: IncidentClass
    root: tuple[str, ...]
    villages: tuple[str, ...]
    notified: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident over its life; times are in milliseconds.

    Attributes:
        name: the watcher's name of it.
        incident_class: at the moment people were first told; of its last line if they never
            were.
        root: the last that was named.
        villages: all that were ever named in it; so are links.
        planned: taken for a part of announced work, at the last.
        told_at: when people first heard of it as an outage, a degradation or a matter of the
            pipeline; None if they never did.
        cleared_at: None if it is open at the end.
        said: its lines.
    """

    name: str
    incident_class: IncidentClass
    root: frozenset[str]
    villages: frozenset[str]
    links: frozenset[str]
    planned: bool
    told_at: int | None
    cleared_at: int | None
    said: tuple[Said, ...]

    @property
    def opened_at(self) -> int:
        """When it was first spoken of, to people or not."""
        return self.said[0].at

    @property
    def notices(self) -> int:
        """How often people were called: openings, and updates beyond `FREE_UPDATES`."""
        told = [said.action for said in self.said if said.notified]
        return told.count("open") + max(0, told.count("update") - FREE_UPDATES)


@dataclass(slots=True)
class _Life:
    incident_class: IncidentClass
    told_as: IncidentClass | None = None
    told_at: int | None = None
    root: frozenset[str] = frozenset()
    villages: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    planned: bool = False
    said: list[Said] = field(default_factory=list)

    def take(self, line: IncidentLine) -> None:
        self.incident_class = line.incident_class or self.incident_class
        self.root = frozenset(line.root) or self.root
        self.villages.update(line.villages)
        self.links.update(line.links)
        self.planned = self.planned if line.planned is None else line.planned
        root, villages = tuple(sorted(line.root)), tuple(sorted(line.villages))
        self.said.append(
            Said(line.at, line.action, self.incident_class, root, villages, line.notified)
        )
        if line.notified and self.told_at is None and self.incident_class in OPENED:
            self.told_at, self.told_as = line.at, self.incident_class

    @property
    def cleared_at(self) -> int | None:
        clears = (said.at for said in self.said if said.action == "clear")
        return next(clears, None)

    def incident(self, name: str) -> Incident:
        return Incident(
            name,
            self.told_as or self.incident_class,
            self.root,
            frozenset(self.villages),
            frozenset(self.links),
            self.planned,
            self.told_at,
            self.cleared_at,
            tuple(self.said),
        )


class Lives:
    """Puts lines together to incidents.

    A second opening of an open incident is one more notice of it; an opening after it was
    cleared begins another life. An update or clear after a clear still speaks of the old one.
    """

    def __init__(self) -> None:
        self._lives: list[tuple[str, _Life]] = []
        self._latest: dict[str, _Life] = {}

    def take(self, line: IncidentLine) -> str | None:
        """Take the next line; return what is wrong with it, if anything is."""
        life = self._latest.get(line.incident)
        if line.action == "open" and (life is None or life.cleared_at is not None):
            if line.incident_class is None:
                return "class: it must be given to open an incident"
            life = self._latest[line.incident] = _Life(line.incident_class)
            self._lives.append((line.incident, life))
        if life is None:
            return f"action {line.action!r}: it was never opened"
        life.take(line)
        return None

    def incidents(self) -> Sequence[Incident]:
        """Return the incidents so far, in the order of their opening."""
        return tuple(life.incident(name) for name, life in self._lives)
