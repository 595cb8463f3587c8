"""Hooks: alerts as Alertmanager and Grafana send them, and what became of each.

What is not named here is left out: both systems add fields with every version.
"""

import re
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    StringConstraints,
    Tag,
)

from gateway.api.values import Answer, Count, rfc_3339

_NO_TIME = re.compile(r"0001-01-01T")


def _no_time(value: object) -> object:
    """Return None for the time that Go writes where there is none."""
    if value is None or (isinstance(value, str) and _NO_TIME.match(value)):
        return None
    return rfc_3339(value)


_Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
_Value = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
_Time = Annotated[AwareDatetime | None, BeforeValidator(_no_time)]
_Words = Annotated[dict[_Name, _Value], Field(max_length=64)]


class ForeignAlert(BaseModel):
    """One alert. `status` is absent where alerts are posted as to Alertmanager's own API."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    labels: _Words = Field(
        description="`village`, `commune`, `operator`, `device`, `incident`: what it is about."
    )
    annotations: _Words = {}
    status: Literal["firing", "resolved"] | None = None
    starts_at: _Time = Field(None, alias="startsAt")
    ends_at: _Time = Field(None, alias="endsAt")
    generator_url: _Value = Field("", alias="generatorURL")
    fingerprint: _Value = ""
    dashboard_url: _Value = Field("", alias="dashboardURL")
    panel_url: _Value = Field("", alias="panelURL")
    silence_url: _Value = Field("", alias="silenceURL")
    value_string: _Value = Field("", alias="valueString")


class Notice(BaseModel):
    """A notice of some alerts, as a webhook gets it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    alerts: list[ForeignAlert] = Field(max_length=500)
    receiver: _Value = ""
    truncated_alerts: Count = Field(0, alias="truncatedAlerts")


def _tag(value: Any) -> str:  # noqa: ANN401 - a body before it is known what it is
    return "alerts" if isinstance(value, list) else "notice"


class AlertmanagerBody(
    RootModel[
        Annotated[
            Annotated[Notice, Tag("notice")]
            | Annotated[list[ForeignAlert], Field(max_length=500), Tag("alerts")],
            Discriminator(_tag),
        ]
    ]
):
    """A webhook's notice, or alerts as they are posted to Alertmanager's own API."""

    model_config = ConfigDict(frozen=True)
    tagged: ClassVar[bool] = True
    """Places of errors begin with the tag of the form that was taken."""

    def notice(self) -> Notice:
        """Return it as a notice."""
        return self.root if isinstance(self.root, Notice) else Notice(alerts=self.root)


class Unmatched(StrEnum):
    """Why an alert became no annotation."""

    NO_LABEL = "no-label"
    NOT_A_CODE = "not-a-code"
    NO_INCIDENT = "no-incident"
    TOO_MANY = "too-many"


class AlertResult(Answer):
    """What became of one alert."""

    alertname: str
    status: Literal["firing", "resolved"]
    incidents: list[str] = Field(description="In whose timelines it stands now.")
    added: Count = Field(description="In how many of them it did not stand before.")
    reason: Unmatched | None = Field(description="Why in none; null: it is in some.")
    detail: str = Field(description="The same in words; empty: it is in some.")


class HookResult(Answer):
    """What became of a notice."""

    alerts: Count = Field(description="That came.")
    added: Count = Field(description="Annotations that are new.")
    unmatched: Count = Field(description="Alerts that became none.")
    truncated: Count = Field(description="Alerts that the sender says it left out.")
    results: list[AlertResult] = Field(description="In the order in which they came.")
