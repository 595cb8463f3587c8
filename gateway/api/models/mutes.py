"""Mutes: of what nobody is told for a time."""

import re
import warnings
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from gateway.api.models.places import ListQuestion
from gateway.api.values import Answer, Body, Instant, LongText, Page, Text, YesNo
from rules.incidents.mutes import MuteKind, Operator

MOST_REPEATS = 3
"""Repeats in one pattern, and groups: with more, some text takes for ever to compare."""
_REPEATED_GROUP = re.compile(r"\)\s*[*+{?]")
_REPEAT = re.compile(r"[*+{]|(?<!\()\?")
"""What may be there or not is one too; the `?` behind a bracket says what the group is."""
_GROUP = re.compile(r"\(")
_ODD_GROUP = re.compile(r"\(\?(?!:)")
"""Flags among them, behind which a pattern can be written so that nobody sees what it repeats."""


def _quick(pattern: str) -> str:
    # Groups count for their alternatives: each way through one is tried with each through others.
    counts = len(_REPEAT.findall(pattern)), len(_GROUP.findall(pattern))
    hidden = _REPEATED_GROUP.search(pattern) or _ODD_GROUP.search(pattern)
    if hidden or max(counts) > MOST_REPEATS:
        raise ValueError(
            f"a pattern may not repeat a group, repeats {MOST_REPEATS} things at the most (what may"
            f" be left out among them), and has {MOST_REPEATS} groups at the most, plain or (?:"
        )
    try:
        with warnings.catch_warnings():
            # What means something else in a later Python means nothing certain.
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


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
        if self.operator in {Operator.MATCHES, Operator.MATCHES_NOT}:
            _quick(self.value)
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
    comment: Annotated[LongText, AfterValidator(str.strip)] = Field(
        min_length=1, description="Why."
    )


class Cancel(Body):
    """Ending something before its time."""

    comment: LongText = Field("", description="For the audit.")
