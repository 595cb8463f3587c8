"""What a scenario says: how long it runs, what the province is like, and what breaks in it."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import BaseModel, Field

from province.instants import Instant
from runtime.settings import Duration
from simulators.scenarios.device_faults import (
    ClockSkew,
    ClockStep,
    Noise,
    Reboot,
    Stick,
    Unplug,
)
from simulators.scenarios.faults import Fault
from simulators.scenarios.happening import Expectation, Happening, target_of
from simulators.scenarios.network_faults import (
    Cut,
    Degrade,
    Flap,
    MainsOff,
    Maintenance,
    Reroute,
)
from simulators.scenarios.pipeline_faults import (
    BrokerDown,
    Delivery,
    RestartWatcher,
    ServiceDown,
)
from simulators.scenarios.target import STRICT, Target, TargetKind
from simulators.scenarios.values import FaultName, Moment, Share

__all__ = [
    "WARM_UP_INTERVALS",
    "BrokerDown",
    "ClockSkew",
    "ClockStep",
    "Conditions",
    "Cut",
    "Degrade",
    "Delivery",
    "Expectation",
    "Fault",
    "FaultName",
    "Flap",
    "Happening",
    "MainsOff",
    "Maintenance",
    "Moment",
    "Noise",
    "Reboot",
    "Reroute",
    "RestartWatcher",
    "Scenario",
    "ServiceDown",
    "Share",
    "Stick",
    "Target",
    "TargetKind",
    "Unplug",
    "target_of",
]

WARM_UP_INTERVALS: Final = 10
"""How many intervals of a run go by before anything is judged."""


class Conditions(BaseModel):
    """What the province is like.

    Attributes:
        interval: between the reports of link probes and base stations; sensors take twice that,
            canaries a third.
        missed: share of reports that get lost.
        stalls: of a device and day; each lasts 2 to 4.5 intervals.
        stalls_together: share of stalls in which seven in ten of the devices stall too that hang
            on the same last node of the network.
        silences: of a device and day; each lasts 3 minutes and, on average, 15 more.
        ups: how long the batteries of devices last.
        olt_battery: how long those of optical terminals last.
        site_battery: how long those of mobile sites last.
        wrong_edges: share of the published inventory's edges that are wrong.
    """

    model_config = STRICT

    interval: Duration = timedelta(seconds=30)
    missed: Share = 0.005
    stalls: Annotated[float, Field(ge=0)] = 0.3
    stalls_together: Share = 0.0
    silences: Annotated[float, Field(ge=0)] = 0.05
    ups: Duration = timedelta(minutes=20)
    olt_battery: Duration = timedelta(hours=2)
    site_battery: Duration = timedelta(hours=4)
    wrong_edges: Share = 0.0


class Scenario(BaseModel):
    """One scenario.

    Attributes:
        name: its file's name without ending; not a key of the file.
        number: in the list of the suite; 0 for those beside it.
        title: for people.
        story: what happens.
        truth: what is true of villages and links meanwhile.
        expected: what a good watcher makes of it.
        start: of the run, local time; the first ten intervals are for warming up.
        lasts: of the whole run.
        twin: a run of the same seed without the faults must make a watcher say the same.
        conditions: what the province is like.
        faults: in any order.
    """

    model_config = STRICT

    name: FaultName
    number: Annotated[int, Field(ge=0)] = 0
    title: str
    story: str
    truth: str = ""
    expected: str = ""
    start: Instant
    lasts: Duration
    twin: bool = False
    conditions: Conditions = Conditions()
    faults: tuple[Fault, ...] = ()

    @property
    def warm_up(self) -> timedelta:
        """How much of the run goes by before anything is judged."""
        return WARM_UP_INTERVALS * self.conditions.interval
