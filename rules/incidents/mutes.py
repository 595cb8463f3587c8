"""Mutes: of what people do not want to be told for a time, and which incidents that holds.

A mute withholds notices and never detection. It holds an incident only if all of the incident lies
within it: a silence of one commune does not silence what hits three.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from rules.errors import UsageError
from rules.incidents.record import IncidentRecord

FIELDS: Final = (
    *("incident", "class", "severity", "root", "root_kind", "commune", "operator", "village"),
    *("link", "rule"),
)
"""What matchers can ask of every incident; labels of the rulebook's alerts come beside them."""

_TEXT: Final = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*\Z", re.DOTALL)


class MatcherError(UsageError):
    """A matcher cannot be used; the message names it."""


class MuteKind(StrEnum):
    """What a mute is."""

    SILENCE = "silence"
    SHELF = "shelf"
    """Of one incident or one root."""


class Operator(StrEnum):
    """How a matcher compares, as Alertmanager's do."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    MATCHES_NOT = "!~"

    @property
    def by_pattern(self) -> bool:
        """Whether it compares with a regular expression."""
        return self in {Operator.MATCHES, Operator.MATCHES_NOT}


@lru_cache(maxsize=1000)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Compares the values of one name; regular expressions match whole values.

    Raises:
        MatcherError: the value is no regular expression where one is needed.
    """

    name: str
    operator: Operator
    value: str

    def __post_init__(self) -> None:
        if self.operator.by_pattern:
            try:
                _pattern(self.value)
            except (re.error, OverflowError, RecursionError) as error:
                raise MatcherError(f"matcher {self}: {error}") from None

    def __str__(self) -> str:
        return f'{self.name}{self.operator}"{self.value}"'

    def holds(self, values: Iterable[str]) -> bool:
        """Whether it holds of each value; no value counts as an empty one."""
        return all(self._holds(value) for value in tuple(values) or ("",))

    def _holds(self, value: str) -> bool:
        if not self.operator.by_pattern:
            return (value == self.value) is (self.operator is Operator.EQUAL)
        found = _pattern(self.value).fullmatch(value) is not None
        return found is (self.operator is Operator.MATCHES)


@dataclass(frozen=True, slots=True)
class Mute:
    """A silence or a shelf; instants are seconds since 1970.

    Attributes:
        mute: its number.
        matchers: all of them must hold.
        ends_at: until when; what is open then is told.
        cancelled_at: from when on it no longer holds.
    """

    mute: int
    kind: MuteKind
    matchers: tuple[Matcher, ...]
    starts_at: float
    ends_at: float
    created_at: float
    created_by: str
    comment: str
    cancelled_at: float | None = None
    cancelled_by: str | None = None

    @property
    def over_at(self) -> float:
        """When it ends or was cancelled."""
        return self.ends_at if self.cancelled_at is None else min(self.ends_at, self.cancelled_at)

    def is_on(self, now: float) -> bool:
        """Whether it is on at a time."""
        return self.starts_at <= now < self.over_at

    @property
    def name(self) -> str:
        """What it is called in timelines, such as `silence 7`."""
        return f"{self.kind} {self.mute}"

    def covers(self, record: IncidentRecord, now: float) -> bool:
        """Whether it withholds an incident's notices now."""
        return self.is_on(now) and self.matches(record)

    def matches(self, record: IncidentRecord) -> bool:
        """Whether an incident lies within it, whatever the time."""
        values = values_of(record)
        return all(matcher.holds(values.get(matcher.name, ())) for matcher in self.matchers)


def muting(mutes: Iterable[Mute], record: IncidentRecord, now: float) -> Mute | None:
    """Return the mute that holds an incident's notices now and ends last; None if none does."""
    on = (mute for mute in mutes if mute.covers(record, now))
    return max(on, key=lambda mute: (mute.over_at, mute.mute), default=None)


def values_of(record: IncidentRecord) -> Mapping[str, tuple[str, ...]]:
    """Return what matchers can ask of an incident; labels of its rule's alert come last."""
    values = {name: (value,) for name, value in record.labels.items()}
    return values | {
        "incident": (record.incident,),
        "class": (str(record.incident_class),),
        "severity": (str(record.severity),),
        "root": record.root,
        "root_kind": (record.root_kind,),
        "commune": record.communes,
        "operator": record.operators,
        "village": record.villages,
        "link": record.links,
        "rule": (record.rule,),
    }


def parse_matcher(text: str) -> Matcher:
    """Return the matcher that text such as `commune=24133` or `root=~"olt-.*"` means.

    Raises:
        MatcherError: it means none.
    """
    found = _TEXT.match(text)
    if found is None:
        raise MatcherError(f"matcher {text!r}: not NAME=VALUE, with =, !=, =~ or !~")
    name, operator, value = found.groups()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return Matcher(name, Operator(operator), value)


def shelf_matcher(incident: str | None, root: str | None) -> Matcher:
    """Return the matcher of a shelf: of one incident, or of one root.

    Raises:
        MatcherError: neither is given, or both.
    """
    if (incident is None) == (root is None):
        raise MatcherError("a shelf is of one incident or of one root")
    if incident is not None:
        return Matcher("incident", Operator.EQUAL, incident)
    return Matcher("root", Operator.EQUAL, str(root))
