"""Routes: a tree that says which receivers are told of an incident, and how soon."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from rules.incidents.record import IncidentRecord
from rules.notify.hours import Intervals, holding
from rules.notify.matching import Matcher, values_of
from rules.notify.receivers import Language, Receiver


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told too when nobody has taken an incident on.

    Attributes:
        after: since it was first known, or since the acknowledgement ran out.
        to: name of a receiver.
    """

    after: timedelta
    to: str


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the tree; what its file leaves out it has from the node above.

    Attributes:
        path: where it stands in the file, such as `route.routes[1]`.
        matcher: which incidents it is about.
        during: names of intervals, in one of which the time must lie; empty for any time.
        outside: names of intervals, in none of which it may lie.
        receivers: names.
        group_by: fields; incidents with the same values are told together.
        group_wait: how long the first notice of a group waits for others.
        group_interval: least time between two messages about a group, updates included.
        repeat_interval: what is open and not acknowledged is told again after this.
        escalate: steps, the soonest first.
        language: of messages.
        goes_on: the routes after it are looked at too.
        routes: below it; the first that matches wins.
    """

    path: str = "route"
    matcher: Matcher = field(default_factory=Matcher)
    during: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ("incident",)
    group_wait: timedelta = timedelta(seconds=10)
    group_interval: timedelta = timedelta(minutes=5)
    repeat_interval: timedelta = timedelta(hours=4)
    escalate: tuple[Escalation, ...] = ()
    language: Language = "en"
    goes_on: bool = False
    routes: tuple["Route", ...] = ()

    def holds(self, active: frozenset[str]) -> bool:
        """Tell whether it holds while these intervals do."""
        return (not self.during or not active.isdisjoint(self.during)) and active.isdisjoint(
            self.outside
        )

    def group_of(self, record: IncidentRecord) -> str:
        """Return the name of the group of an incident's notices."""
        values = ("+".join(values_of(record, name)) for name in self.group_by)
        return "|".join((self.path, *values))


@dataclass(frozen=True)
class Routes:
    """The tree with what its nodes name.

    Attributes:
        root: holds for every incident.
        receivers: by name.
        intervals: by name.
        source: the file, for messages.
    """

    root: Route
    receivers: Mapping[str, Receiver]
    intervals: Intervals = field(default_factory=dict)
    source: str = "default routes"

    def active(self, at: float) -> frozenset[str]:
        """Return the intervals in which the instant lies."""
        return holding(self.intervals, at)

    def find(self, record: IncidentRecord, at: float) -> list[Route]:
        """Return the routes that an incident takes at an instant, in the order of the file."""
        return list(_descend(self.root, record, self.active(at)))

    def by_path(self) -> dict[str, Route]:
        """Return every node by its path."""
        return {route.path: route for route in _walk(self.root)}


def _descend(route: Route, record: IncidentRecord, active: frozenset[str]) -> Iterator[Route]:
    found = False
    for below in route.routes:
        if below.matcher.touches(record) and below.holds(active):
            found = True
            yield from _descend(below, record, active)
            if not below.goes_on:
                break
    if not found:
        yield route


def _walk(route: Route) -> Iterator[Route]:
    yield route
    for below in route.routes:
        yield from _walk(below)
