"""Faults of devices alone, and the noise that all of them make."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from runtime.settings import Duration
from simulators.scenarios.happening import ZERO, Expectation, Happening, Lasting
from simulators.scenarios.target import DEVICES, Target


class Unplug(Lasting):
    """Devices lose their power, each for itself.

    Attributes:
        within: the moments at which they do are spread over this; all at once if not given.
        lasts: of each device, from its own moment.
    """

    hits: ClassVar[frozenset[str]] = DEVICES
    usual: ClassVar[Expectation] = "ticket"

    fault: Literal["unplug"]
    target: Target
    within: Duration | None = None

    @property
    def span(self) -> timedelta:
        """From the first device's moment to the end of the last one's absence."""
        return (self.within or ZERO) + self.lasts


class Reboot(Happening):
    """Devices boot again.

    Attributes:
        within: the moments at which they do are spread over this.
        orderly: they say goodbye first, as for new firmware; else they crash.
        takes: how long each is away.
    """

    hits: ClassVar[frozenset[str]] = DEVICES
    usual: ClassVar[Expectation] = "info"

    fault: Literal["reboot"]
    target: Target
    within: Duration
    orderly: bool = False
    takes: Duration = timedelta(seconds=60)

    @property
    def span(self) -> timedelta:
        """From the first device's moment to the end of the last one's absence."""
        return self.within + self.takes


class ClockSkew(Lasting):
    """Devices' clocks are off.

    Attributes:
        skew: each by an amount of its own between minus and plus this.
    """

    hits: ClassVar[frozenset[str]] = DEVICES

    fault: Literal["clock_skew"]
    target: Target
    skew: Duration


class ClockStep(Happening):
    """Devices' clocks jump, half of them forward and half of them back.

    Attributes:
        step: by this.
    """

    hits: ClassVar[frozenset[str]] = DEVICES

    fault: Literal["clock_step"]
    target: Target
    step: Duration


class Stick(Lasting):
    """Sensors report one value without end; they themselves live."""

    hits: ClassVar[frozenset[str]] = frozenset({"sensor"})
    usual: ClassVar[Expectation] = "ticket"

    fault: Literal["stick"]
    target: Target


class Noise(Lasting):
    """Everyday noise grows, as in a storm: factors of the ordinary rates.

    Attributes:
        missed: of reports that get lost.
        stalls: of devices that stall for some intervals.
        silences: of devices that are silent for minutes.
    """

    fault: Literal["noise"]
    missed: Annotated[float, Field(ge=0)] = 1.0
    stalls: Annotated[float, Field(ge=0)] = 1.0
    silences: Annotated[float, Field(ge=0)] = 1.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.missed == self.stalls == self.silences == 1:
            raise ValueError("it changes nothing: give it missed, stalls or silences")
        return self
