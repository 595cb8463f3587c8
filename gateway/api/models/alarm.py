"""TM Forum's Alarm, as far as an incident has something to say."""

from typing import ClassVar

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.alias_generators import to_camel

from gateway.api.values import Answer


class _Camel(Answer):
    model_config = ConfigDict(
        alias_generator=to_camel, json_schema_serialization_defaults_required=False
    )
    sparse: ClassVar[bool] = True


class AlarmComment(_Camel):
    """What a person said or did."""

    user_id: str
    system_id: str
    time: AwareDatetime
    comment: str


class Tmf642Alarm(_Camel):
    """An incident as TMF642 has it; what does not apply is left out."""

    type_: str = Field(alias="@type")
    id: str
    external_alarm_id: str
    source_system_id: str
    reporting_system_id: str
    alarm_type: str = Field(description="X.733's event type.")
    perceived_severity: str = Field(description="cleared: it is over.")
    probable_cause: str = Field(description="X.733's.")
    specific_problem: str
    state: str = Field(description="raised, updated or cleared.")
    ack_state: str
    ack_user_id: str | None = None
    alarm_raised_time: AwareDatetime
    alarm_changed_time: AwareDatetime
    alarm_cleared_time: AwareDatetime | None = None
    alarm_reporting_time: AwareDatetime
    alarm_details: str | None = None
    alarm_escalation: bool
    proposed_repaired_actions: str | None = None
    is_root_cause: bool
    parent_alarm: list[dict[str, str]] | None = None
    correlated_alarm: list[dict[str, str]] | None = None
    planned_outage_indicator: str
    service_affecting: bool
    alarmed_object: dict[str, str] | None = None
    alarmed_object_type: str
    affected_service: list[dict[str, str]] | None = None
    place: list[dict[str, str]] | None = None
    comment: list[AlarmComment] | None = None
