"""What all faults have: a name, a moment, and what is expected of a watcher."""

from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal, Self

from pydantic import BaseModel, model_validator

from runtime.settings import Duration
from simulators.scenarios.target import STRICT, Target
from simulators.scenarios.values import FaultName, Moment

Expectation = Literal["incident", "record", "ticket", "info", "none"]
"""What a good watcher does about a fault.

`incident`: exactly one that people are told of. `record`: one that is recorded and of which
nobody is told. `ticket`: one for each device. `info`: at most a remark, never an outage.
"""

ZERO: Final = timedelta(0)


class Happening(BaseModel):
    """What all faults have.

    Attributes:
        name: unique in the scenario; the truth log names the fault by it.
        at: when it begins.
        expect: what a good watcher does; each kind has its own default.
        text: a sentence for people.
    """

    model_config = STRICT

    hits: ClassVar[frozenset[str]] = frozenset()
    """Kinds of targets; none for a fault that has no target."""
    usual: ClassVar[Expectation] = "none"
    """What is expected where nothing else is said."""

    name: FaultName
    at: Moment
    expect: Expectation | None = None
    text: str = ""

    @property
    def expectation(self) -> Expectation:
        """What a good watcher does about it: what `expect` says, or its kind's default."""
        return self.expect or self.usual

    @property
    def span(self) -> timedelta:
        """From its beginning to the end of its last effect; zero if it only has a moment."""
        return ZERO

    def begins(self, start: datetime) -> datetime:
        """Return when it begins in a run that starts at `start`."""
        return self.at if isinstance(self.at, datetime) else start + self.at

    def ends(self, start: datetime) -> datetime:
        """Return when its last effect ends in a run that starts at `start`."""
        return self.begins(start) + self.span

    @model_validator(mode="after")
    def _check_target(self) -> Self:
        target = target_of(self)
        if target is not None and target.kind is not None and target.kind not in self.hits:
            known = ", ".join(sorted(self.hits))
            raise ValueError(f"kind {target.kind} is nothing that it can hit; one of {known}")
        return self


class Lasting(Happening):
    """A fault that ends.

    Attributes:
        lasts: for how long.
    """

    lasts: Duration

    @property
    def span(self) -> timedelta:
        """As long as it lasts."""
        return self.lasts


def target_of(fault: Happening) -> Target | None:
    """Return what a fault hits; None for one that hits nothing in particular."""
    target: Target | None = getattr(fault, "target", None)
    return target
