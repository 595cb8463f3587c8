"""Maintenance windows: announced work."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from gateway.api.models.places import ListQuestion
from gateway.api.values import Answer, Body, Code, Instant, LongText, Page, Text, YesNo
from rules.incidents.windows import ScopeKind


class Occurrence(Answer):
    """One time at which a window is on."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class WindowView(Answer):
    """Announced work."""

    number: int
    name: str
    scope_kind: ScopeKind
    scope_code: str = Field(description="Code of what is worked on.")
    starts_at: AwareDatetime = Field(description="Of a recurring one, of the first.")
    ends_at: AwareDatetime = Field(description="Of a recurring one, of the first.")
    recurrence: str | None = Field(
        description="RRULE of RFC 5545, in Asia/Ho_Chi_Minh; null: it happens once."
    )
    created_at: AwareDatetime
    created_by: str
    cancelled_at: AwareDatetime | None = Field(description="From when on it no longer holds.")
    cancelled_by: str | None
    comment: str


class WindowDetail(WindowView):
    """Announced work, and when."""

    next: list[Occurrence] = Field(description="The next three times that are not over.")


class WindowPage(Page[WindowView]):
    """Windows, the newest first."""


class WindowQuestion(ListQuestion):
    """Which windows."""

    over: YesNo = Field(default=False, description="Also those that are over or were cancelled.")


class AddWindow(Body):
    """Work to announce."""

    scope_kind: ScopeKind
    scope_code: Code
    starts_at: Instant
    ends_at: Instant
    name: Annotated[Text | None, Field(description="For people; the code by default.")] = None
    recurrence: str | None = Field(
        None,
        max_length=200,
        pattern=r"^[A-Za-z0-9=;:,+-]*$",
        description="RRULE such as FREQ=WEEKLY;BYDAY=TU, in local time.",
        examples=["FREQ=WEEKLY;BYDAY=TU"],
    )
    comment: LongText = Field("", description="What is done.")
