"""Counters: how much of what the province states is true right now."""

from typing import Literal

from pydantic import AwareDatetime, Field

from gateway.api.models.places import VillageStates
from gateway.api.values import Answer, Code, Count, Question, Share


class ShareNow(Answer):
    """A share now: if what is unknown is down, and if it is up."""

    least: Share
    most: Share


class StatedShare(Answer):
    """How much of something there is, beside what is stated."""

    name: Literal["broadband", "4g", "5g"] = Field(
        description="Villages with broadband, people with 4G, people with 5G."
    )
    stated: Share = Field(description="What the province states.")
    built: Share = Field(description="What it would be if everything worked.")
    now: ShareNow
    unknown: Share = Field(description="Of which nothing is known.")
    whole: float = Field(description="Of what it is a share: villages, or people.")


class OpenIncidents(Answer):
    """Open incidents by severity."""

    critical: Count
    major: Count
    minor: Count
    warning: Count
    indeterminate: Count
    unacknowledged: Count = Field(description="Of all of them, those that nobody has.")


class Counters(Answer):
    """How things stand."""

    at: AwareDatetime
    watching: bool = Field(
        description="Somebody has watched in the last five minutes; if not, nothing is known."
    )
    villages: VillageStates
    households: VillageStates = Field(description="By the state of their village.")
    shares: list[StatedShare] = Field(description="Broadband, 4G, 5G.")
    incidents: OpenIncidents


class CountersQuestion(Question):
    """Of whom."""

    commune: Code | None = Field(None, description="Of this commune only.")
    operator: Code | None = Field(None, description="Shares of this operator's links only.")
