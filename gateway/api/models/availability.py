"""Availability: what the books say of a month; docs/operations/books.md defines the figures."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from gateway.api.operation import FormQuestion
from gateway.api.values import Answer, Code, Count, Share


class By(StrEnum):
    """What a report has a line of each of."""

    VILLAGE = "village"
    LINK = "link"
    COMMUNE = "commune"
    OPERATOR = "operator"
    PROVINCE = "province"
    CAUSE = "cause"


class ShareRange(Answer):
    """A share, or between which two it is; the same twice where enough was observed."""

    least: Share
    most: Share


class MinutesRange(Answer):
    """Minutes, or between which two they are; the same twice where enough was observed."""

    least: float
    most: float


class BookView(Answer):
    """What one of the books says."""

    availability: ShareRange = Field(description="Of the observed time, with service.")
    b_saidi_minutes: MinutesRange = Field(description="Without service, of the average household.")
    b_saifi: float = Field(description="Sustained outages of the average household.")
    b_caidi_minutes: float | None = Field(
        description="Of the average sustained outage; null: there was none."
    )
    b_maifi: float = Field(description="Momentary outages of the average household.")
    asai: ShareRange = Field(description="Of the whole time, with service.")


class Books(Answer):
    """The three books; null where no household is known."""

    gross: BookView | None = Field(description="All time without service.")
    net: BookView | None = Field(description="Without agreed maintenance.")
    network: BookView | None = Field(
        description="Without agreed maintenance and the customers' own mains failures."
    )


class LineView(Answer):
    """A line of a report."""

    code: str
    name: str
    places: Count = Field(description="Villages that were counted, or links.")
    households: float = Field(description="The average number there was.")
    observed_share: Share = Field(description="Of the time, that was watched.")
    degraded_minutes: float = Field(description="Bad service, of the average household.")
    provisional: bool = Field(description="Something of it may still be rewritten.")
    corrected_rows: Count = Field(description="Corrected after they were final.")
    books: Books


class CauseView(Answer):
    """What one cause cost."""

    cause: str
    household_minutes: float
    b_saidi_minutes: float = Field(description="Of the average household.")
    share: Share | None = Field(description="Of all time without service; null: there was none.")


class MajorDay(Answer):
    """A day so bad that it is reported by itself; it counts all the same."""

    day: date
    b_saidi_minutes: float


class AvailabilityReport(Answer):
    """What the books say of a month."""

    subject: str = Field(description="The province, and the commune or operator asked for.")
    first_day: date = Field(description="Local.")
    last_day: date
    by: By
    asked_days: Count = Field(description="That have begun.")
    kept_days: Count = Field(description="Of which there are books.")
    provisional_days: Count = Field(description="Of which something may still be rewritten.")
    made_at: AwareDatetime
    total: LineView
    lines: list[LineView] = Field(description="Those that lost most come first; empty by cause.")
    causes: list[CauseView] = Field(description="Of the total.")
    major_days: list[MajorDay]


class AvailabilityQuestion(FormQuestion):
    """Which month, of whom, a line of each of what."""

    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")] = Field(
        description="Of local days.", examples=["2026-11"]
    )
    by: By = Field(By.COMMUNE, description="A line of each.")
    commune: Code | None = Field(
        None, description="Of this commune only; an official of several names one."
    )
    operator: Code | None = Field(None, description="Of this operator's links only.")
