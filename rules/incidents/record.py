"""The record of an incident: all that is known of it, at its newest step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.model import IncidentClass, Severity, VillageState


class Status(StrEnum):
    """Whether it goes on."""

    OPEN = "open"
    CLEARED = "cleared"


class Step(StrEnum):
    """What happened to an incident at its newest step; the word is the kind of its entry."""

    OPENED = "opened"
    REOPENED = "reopened"
    GREW = "grew"
    SHRANK = "shrank"
    ROOT_CHANGED = "root_changed"
    SEVERITY_CHANGED = "severity_changed"
    CHANGED = "changed"
    CLEARED = "cleared"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class VillageImpact:
    """What an incident does to one village.

    Attributes:
        households: of the village; all of them count while it is dark, a share of them otherwise.
        state: dark or degraded by this incident; maintenance inside a window.
        since: seconds since 1970.
        until: None while it lasts.
        share: of the households, those that are without service by this incident, 0 to 1.
        share_since: from when on that share was so; None: since it is impaired.
        spent: household-seconds that it had cost before.
    """

    village: str
    households: int
    state: VillageState
    since: float
    until: float | None = None
    share: float = 1.0
    share_since: float | None = None
    spent: float = 0.0

    def cost(self, at: float) -> float:
        """Return the household-seconds that it has cost up to a moment, or to its end."""
        since = self.since if self.share_since is None else self.share_since
        end = at if self.until is None else self.until
        return self.spent + self.households * self.share * max(0.0, end - since)


@dataclass(frozen=True, slots=True)
class LinkImpact:
    """A link that an incident takes down; `until` is None while it lasts."""

    link: str
    since: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """One incident, engine's or rulebook's; instants are seconds since 1970.

    Attributes:
        incident: its name, unique for ever.
        root: the objects taken for the cause.
        root_kind: as in `IncidentNotice`; of a rulebook's alert the kind of the device.
        onset: when it began, as far as evidence tells; of one that flaps, when it began first.
        opened_at: when it was decided.
        changed_at: when the newest step was decided.
        ended_at: when it ended; None while open.
        cleared_at: when that was decided.
        impacts: villages, sorted by code.
        links: codes of links that it takes down, sorted.
        link_impacts: those and the ones that it took down before, with their times, sorted.
        communes: codes of communes that it touches, sorted.
        operators: codes of operators that it touches, sorted.
        planned: it lies inside an announced window.
        notified: whether people are told; a record that is not notified is kept all the same.
        reason: of the newest step.
        revision: counts its steps, from 1.
        worst: how bad it ever was.
        step: what happened at the newest one.
        into: the incident of which it turned out to be a part.
        rule: of the rulebook, as `group/rule`; empty for the engine's own.
        labels: of the rulebook's alert.
        value: that the rulebook's alert is about, at its newest step.
        summary: one line for people, by language (`en`, `vi`).
        description: what to do about it, by language.
    """

    incident: str
    incident_class: IncidentClass
    severity: Severity
    status: Status
    root: tuple[str, ...]
    root_kind: str
    onset: float
    opened_at: float
    changed_at: float
    reason: str
    ended_at: float | None = None
    cleared_at: float | None = None
    impacts: tuple[VillageImpact, ...] = ()
    links: tuple[str, ...] = ()
    link_impacts: tuple[LinkImpact, ...] = ()
    communes: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    planned: bool = False
    notified: bool = True
    flapping: bool = False
    revision: int = 1
    worst: Severity | None = None
    step: Step = Step.OPENED
    into: str | None = None
    rule: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    value: float | None = None
    summary: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)

    @property
    def felt(self) -> tuple[VillageImpact, ...]:
        """What it does now to villages; of one that is over, what it did."""
        if self.status is Status.CLEARED:
            return self.impacts
        return tuple(impact for impact in self.impacts if impact.until is None)

    @property
    def villages(self) -> tuple[str, ...]:
        """Codes of the villages that it impairs; of one that is over, that it impaired."""
        return tuple(impact.village for impact in self.felt)

    @property
    def households(self) -> int:
        """Households without service by it; of one that is over, those that it had cut off."""
        return round(sum(each.households * each.share for each in self.felt))

    def household_minutes(self, now: float) -> float:
        """Return households times minutes, up to now or to its end: what incidents rank by."""
        end = now if self.ended_at is None else self.ended_at
        return sum(each.cost(end) for each in self.impacts) / 60
