"""Rules: what a rulebook's file may say, one model for each kind. docs/rulebook.md describes it."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rules.model import Severity
from rules.rulebook.values import Globs, LabelName, Limit, Limits, LocalHours, Name, Patterns
from runtime.settings import Duration

_STRICT: Final = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)
NO_TIME: Final = timedelta(0)
LANGUAGES: Final = ("en", "vi")

Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Texts(BaseModel):
    """A template in each language."""

    model_config = _STRICT

    en: Text
    vi: Text

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return language and template."""
        return ("en", self.en), ("vi", self.vi)


class Match(BaseModel):
    """Which devices a rule is about; what is left out matches everything."""

    model_config = _STRICT

    kind: Patterns = Globs()
    commune: Patterns = Globs()
    operator: Patterns = Globs()
    village: Patterns = Globs()
    code: Patterns = Globs()


class Rule(BaseModel):
    """What every rule says."""

    model_config = _STRICT

    rule: Name
    kind: str
    match: Match = Match()
    hold: Annotated[Duration, Field(alias="for")] = NO_TIME
    keep_firing: Duration = NO_TIME
    severity: Severity
    labels: dict[LabelName, Text] = Field(default_factory=dict)
    summary: Texts
    description: Texts | None = None
    runbook: Text | None = None
    source: Text | None = None

    def metrics(self) -> tuple[str, ...]:
        """Return what it reads; nothing for whatever a device sends."""
        return ()


class Limited(Rule):
    """A rule with a limit, and one at which it clears."""

    unit: str | None = None
    above: Limits | None = None
    below: Limits | None = None
    clear: Limit | None = None
    clear_by: Annotated[float, Field(gt=0)] | None = None
    between: LocalHours = None

    @property
    def limits(self) -> Mapping[str, float]:
        """Its limits by pattern of codes; `*` alone where all devices have the same."""
        given = self.above if self.above is not None else self.below
        one = {"*": given} if isinstance(given, float) else given
        return MappingProxyType(one or {})

    def clears_at(self, limit: float) -> float:
        """Return where an alert clears that began at this limit."""
        if self.clear is not None:
            return self.clear
        step = self.clear_by or 0.0
        return limit - step if self.above is not None else limit + step

    @model_validator(mode="after")
    def _one_side(self) -> "Limited":
        if (self.above is None) == (self.below is None):
            raise ValueError("one of above and below is needed")
        if self.clear is not None and self.clear_by is not None:
            raise ValueError("clear and clear_by say the same; one of them is enough")
        if self.clear is not None:
            self._check_clear(self.clear)
        return self

    def _check_clear(self, clear: float) -> None:
        for limit in self.limits.values():
            if self.above is not None and clear > limit:
                raise ValueError(
                    f"clear {clear:g} is on the wrong side: it must be below {limit:g}"
                )
            if self.below is not None and clear < limit:
                raise ValueError(
                    f"clear {clear:g} is on the wrong side: it must be above {limit:g}"
                )


class Threshold(Limited):
    """A value, or what a window of values comes to, is above or below a limit."""

    kind: Literal["threshold"]
    metric: str
    over: Duration | None = None
    take: Literal["mean", "sum", "least", "most"] = "mean"

    def metrics(self) -> tuple[str, ...]:
        """Return the metric."""
        return (self.metric,)


class Rate(Limited):
    """A value changes too fast."""

    kind: Literal["rate"]
    metric: str
    over: Duration
    per: Duration = timedelta(hours=1)

    def metrics(self) -> tuple[str, ...]:
        """Return the metric."""
        return (self.metric,)


class Share(BaseModel):
    """What a device must show to be counted."""

    model_config = _STRICT

    metric: str
    above: Limit | None = None
    below: Limit | None = None

    @model_validator(mode="after")
    def _one_side(self) -> "Share":
        if (self.above is None) == (self.below is None):
            raise ValueError("one of above and below is needed")
        return self

    def holds(self, value: float) -> bool:
        """Whether a value counts."""
        if self.above is not None:
            return value > self.above
        return self.below is not None and value < self.below


class Ratio(Limited):
    """One metric against another, or how many devices of a group show something."""

    kind: Literal["ratio"]
    numerator: str | None = None
    denominator: str | None = None
    share: Share | None = None
    by: Literal["village", "commune", "operator", "province"] | None = None
    at_least: Annotated[int, Field(ge=1)] = 3

    def metrics(self) -> tuple[str, ...]:
        """Return numerator and denominator, or what is counted."""
        if self.share is not None:
            return (self.share.metric,)
        return tuple(name for name in (self.numerator, self.denominator) if name)

    @model_validator(mode="after")
    def _one_form(self) -> "Ratio":
        both = self.numerator is not None and self.denominator is not None
        either = self.numerator is not None or self.denominator is not None
        if (self.share is None and not both) or (self.share is not None and either):
            raise ValueError("numerator and denominator are needed, or share with by")
        if (self.share is None) != (self.by is None):
            raise ValueError("share and by go together")
        return self


class Absence(Rule):
    """Nothing was heard of a device."""

    kind: Literal["absence"]
    metric: str | None = None
    intervals: Annotated[float, Field(gt=1)] | None = None

    def metrics(self) -> tuple[str, ...]:
        """Return the metric that is waited for; nothing for any."""
        return (self.metric,) if self.metric is not None else ()

    @model_validator(mode="after")
    def _how_long(self) -> "Absence":
        if self.hold == NO_TIME and self.intervals is None:
            raise ValueError("for or intervals is needed: how long nothing was heard")
        return self


AnyRule = Threshold | Rate | Ratio | Absence
KINDS: Final[Mapping[str, type[Any]]] = MappingProxyType(
    {"threshold": Threshold, "rate": Rate, "ratio": Ratio, "absence": Absence}
)
