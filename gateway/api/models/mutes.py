"""Mutes: of what nobody is told for a time."""

from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from gateway.api.models.places import ListQuestion
from gateway.api.values import Answer, Body, Instant, LongText, Page, Text, YesNo, not_blank
from rules.incidents.mutes import MuteKind, Operator
from rules.incidents.patterns import check_pattern


class Matcher(Answer):
    """Compares one value of an incident; patterns match whole values."""

    name: str = Field(
        description="incident, class, severity, root, root_kind, commune, operator, village, link,"
        " rule, or a label of the rulebook's alert."
    )
    operator: Operator
    value: str


class NewMatcher(Body):
    """Compares one value of an incident; patterns match whole values."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")] = Field(
        description="incident, class, severity, root, root_kind, commune, operator, village, link,"
        " rule, or a label of the rulebook's alert."
    )
    operator: Operator = Operator.EQUAL
    value: Text

    @model_validator(mode="after")
    def _check_pattern(self) -> Self:
        if self.operator.by_pattern:
            check_pattern(self.value)
        return self


class MuteView(Answer):
    """A silence or a shelf."""

    number: int
    kind: MuteKind = Field(description="silence: of what matches; shelf: of one incident or root.")
    matchers: list[Matcher] = Field(description="All of them must hold.")
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    created_at: AwareDatetime
    created_by: str
    comment: str
    cancelled_at: AwareDatetime | None = Field(description="From when on it no longer holds.")
    cancelled_by: str | None
    on: bool = Field(description="It holds now.")


class MutePage(Page[MuteView]):
    """Mutes, the newest first."""


class MuteQuestion(ListQuestion):
    """Which mutes."""

    over: YesNo = Field(default=False, description="Also those that are over or were cancelled.")


class AddMute(Body):
    """A silence or a shelf to make."""

    kind: MuteKind = MuteKind.SILENCE
    matchers: list[NewMatcher] = Field(min_length=1, max_length=20)
    starts_at: Instant | None = Field(None, description="The present by default.")
    ends_at: Instant
    any_label: bool = Field(
        default=False, description="Names may be of labels that no alert has had yet."
    )
    comment: Annotated[LongText, AfterValidator(not_blank)] = Field(
        min_length=1, description="Why."
    )


class Cancel(Body):
    """Ending something before its time."""

    comment: LongText = Field("", description="For the audit.")
