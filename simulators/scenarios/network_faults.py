"""Faults of networks and of the power grid, and work on them."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from runtime.settings import Duration
from simulators.scenarios.happening import Expectation, Happening, Lasting
from simulators.scenarios.target import NETWORK, PLACES, POWER, Target
from simulators.scenarios.values import Share


class _Planned(Lasting):
    """A fault that may be work inside an announced window.

    Attributes:
        planned: it is work that a `maintenance` has announced.
        each: where it hits several: each is an incident of its own, not all together one.
    """

    usual: ClassVar[Expectation] = "incident"

    target: Target
    planned: bool = False
    each: bool = False

    @property
    def expectation(self) -> Expectation:
        return self.expect or ("record" if self.planned else self.usual)


class Cut(_Planned):
    """Nodes, links or villages carry nothing: a fibre is cut, an equipment dies.

    Attributes:
        cause: why.
    """

    hits: ClassVar[frozenset[str]] = NETWORK | PLACES

    fault: Literal["cut"]
    cause: Literal["fibre", "equipment", "weather"] = "equipment"


class MainsOff(_Planned):
    """The mains fail below nodes of the power grid; batteries carry what has some."""

    hits: ClassVar[frozenset[str]] = POWER

    fault: Literal["mains_off"]


class Degrade(Lasting):
    """Links below the target lose packets or slow down.

    Attributes:
        loss: share of probes lost when it is complete.
        rtt_factor: of round-trip times when it is complete.
        ramp: how long it takes to become complete, in a straight line; at once if not given.
        cause: why.
    """

    hits: ClassVar[frozenset[str]] = NETWORK | PLACES
    usual: ClassVar[Expectation] = "incident"

    fault: Literal["degrade"]
    target: Target
    loss: Share = 0.0
    rtt_factor: Annotated[float, Field(ge=1)] = 1.0
    ramp: Duration | None = None
    cause: Literal["congestion", "equipment", "weather"] = "congestion"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.loss == 0 and self.rtt_factor == 1:
            raise ValueError("it degrades nothing: give it a loss or an rtt_factor")
        if self.ramp is not None and self.ramp > self.lasts:
            raise ValueError("its ramp is longer than it lasts")
        return self


class Flap(Lasting):
    """The target goes down and up, again and again.

    Attributes:
        down: how long it is down each time.
        up: how long it is up in between.
    """

    hits: ClassVar[frozenset[str]] = NETWORK | PLACES
    usual: ClassVar[Expectation] = "incident"

    fault: Literal["flap"]
    target: Target
    down: Duration
    up: Duration

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.down + self.up > self.lasts:
            raise ValueError("it ends before it has been down and up once")
        return self


class Reroute(Lasting):
    """A protected path switches over in time: nothing is lost, round-trip times grow.

    Attributes:
        rtt_ms: milliseconds that round-trip times grow by.
    """

    hits: ClassVar[frozenset[str]] = NETWORK
    usual: ClassVar[Expectation] = "info"

    fault: Literal["reroute"]
    target: Target
    rtt_ms: Annotated[float, Field(gt=0)]


class Maintenance(Happening):
    """A window of maintenance is announced; what is done in it is a fault of its own.

    Attributes:
        target: the node, link or village.
        announced: how long before its start the watcher hears of it.
        lasts: of the window.
    """

    hits: ClassVar[frozenset[str]] = NETWORK | POWER | PLACES

    fault: Literal["maintenance"]
    target: Target
    announced: Duration
    lasts: Duration

    @property
    def span(self) -> timedelta:
        """The window, without its announcement."""
        return self.lasts
