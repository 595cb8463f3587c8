"""Incidents: what is wrong, what it does to whom, what was decided and what people did."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from gateway.api.models.places import ListQuestion
from gateway.api.values import (
    Answer,
    Body,
    Code,
    Count,
    Instant,
    LongText,
    Page,
    Share,
    Text,
    YesNo,
    not_blank,
)
from rules.incidents.record import Status
from rules.model import IncidentClass, Severity


class Words(Answer):
    """Words for people, by language."""

    en: str = Field("", description="English.")
    vi: str = Field("", description="Vietnamese.")


class Incident(Answer):
    """An incident at its newest step. Counts are of all of it, wherever it reaches."""

    id: str = Field(description="Its name, unique for ever.")
    version: str = Field(
        description="Changes with every step and deed; send it as If-Match with a deed."
    )
    incident_class: IncidentClass = Field(
        alias="class", description="rule: an alert of the rulebook."
    )
    severity: Severity = Field(description="By impact.")
    status: Status
    root: list[str] = Field(
        description="Codes taken for the cause; none for an official, if it reaches further."
    )
    root_kind: str = Field(description="Kind of the cause.")
    onset_at: AwareDatetime = Field(description="When it began, as far as evidence tells.")
    opened_at: AwareDatetime = Field(description="When that was decided.")
    changed_at: AwareDatetime = Field(description="When its newest step was decided.")
    ended_at: AwareDatetime | None = Field(description="When it ended; null: it goes on.")
    cleared_at: AwareDatetime | None = Field(description="When that was decided.")
    planned: bool = Field(description="It lies inside an announced window.")
    notified: bool = Field(description="People are told of it.")
    flapping: bool = Field(description="It ended and began again of late.")
    merged_into: str | None = Field(description="Incident of which it turned out to be a part.")
    reason: str = Field(description="Name of the decision behind its newest step.")
    rule: str = Field(description="Of the rulebook, as group/rule; empty: the engine's own.")
    labels: dict[str, str] = Field(description="Of the rulebook's alert.")
    value: float | None = Field(description="That the alert is about, in its metric's unit.")
    summary: Words
    description: Words = Field(description="What to do about it.")
    villages: Count = Field(description="Villages that it impairs or impaired.")
    links: Count = Field(description="Links that it takes or took down.")
    households: Count = Field(
        description="Without service by it; of one that is over, those that it had cut off."
    )
    household_minutes: float = Field(description="Households without service times minutes.")
    communes: list[str] = Field(
        description="That it touches; for an official, those of them that are theirs."
    )
    operators: list[str] = Field(description="That it touches.")
    revision: int = Field(description="Counts what the rules decided of it, from 1.")
    acknowledged_at: AwareDatetime | None = Field(description="null: nobody has taken it on.")
    acknowledged_by: str | None
    acknowledged_until: AwareDatetime | None = Field(
        description="From when on it is nobody's again; null: never."
    )
    assigned_to: str | None = Field(description="Who works on it.")
    escalation: Count = Field(description="How often more attention was called for.")
    escalated_at: AwareDatetime | None
    closed_at: AwareDatetime | None = Field(
        description="When somebody said that nothing is left to be done."
    )
    closed_by: str | None


class Impact(Answer):
    """What an incident does to a village."""

    village: str
    name: str
    commune: str | None
    state: str = Field(description="dark, degraded or maintenance, by this incident alone.")
    since: AwareDatetime
    until: AwareDatetime | None = Field(description="null: it lasts.")
    households: Count
    share: Share = Field(description="Of the households, those without service by it.")


class Entry(Answer):
    """One line of a timeline."""

    at: AwareDatetime
    kind: str = Field(
        description="A step (opened, grew, cleared ...), a deed (acknowledged, commented ...),"
        " withheld, or annotated: another system said something."
    )
    actor: str = Field(description="A person or program by name; rules: the rules.")
    reason: str = Field(description="The decision's name, or what was said.")
    words: Words = Field(description="The same for people; of a person, as it was said.")
    detail: dict[str, Any] = Field(description="What else belongs to it.")


class Notification(Answer):
    """What became of one notice to people."""

    receiver: str
    action: str
    state: str
    attempts: Count
    first_at: AwareDatetime
    last_at: AwareDatetime
    error: str = Field(description="Empty: it went well.")


class Story(Answer):
    """All that is known of an incident."""

    incident: Incident
    impacts: list[Impact] = Field(
        description="Villages, the worst hit first; for an official, those of their communes."
    )
    timeline: list[Entry] = Field(description="In order.")
    notifications: list[Notification] = Field(description="Who was told; for an official, nobody.")
    parts: list[str] = Field(description="Incidents that turned out to be parts of it.")


class IncidentPage(Page[Incident]):
    """Incidents, those that were opened last first."""


class IncidentQuestion(ListQuestion):
    """Which incidents."""

    status: Status | None = Field(None, description="Open or cleared; both by default.")
    since: Instant | None = Field(
        None, alias="from", description="Leaves out those that ended before."
    )
    until: Instant | None = Field(
        None, alias="to", description="Leaves out those that began then or later."
    )
    commune: Code | None = Field(None, description="That touch this commune.")
    village: Code | None = Field(None, description="That impair or impaired this village.")
    operator: Code | None = Field(None, description="That touch this operator.")
    incident_class: IncidentClass | None = Field(None, alias="class")
    severity: Severity | None = None
    acknowledged: YesNo | None = Field(None, description="Whether somebody has it now.")
    assigned_to: Text | None = Field(None, description="On which this person works.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("`from` is not before `to`")
        return self


class Acknowledge(Body):
    """Taking an incident on."""

    until: Instant | None = Field(
        None, description="From when on it is nobody's again; null: never."
    )
    comment: LongText = Field("", description="For the timeline.")


class Assign(Body):
    """Saying who works on it."""

    to: Text | None = Field(description="null: nobody does any more.")
    comment: LongText = Field("", description="For the timeline.")


class Comment(Body):
    """Saying something about it."""

    text: Annotated[LongText, AfterValidator(not_blank)] = Field(min_length=1)


class Close(Body):
    """Saying that nothing is left to be done."""

    comment: LongText = Field("", description="For the timeline.")
