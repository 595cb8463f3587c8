"""Faults: everything that can happen in a scenario."""

from collections.abc import Mapping
from typing import Annotated, Final, get_args

from pydantic import Field

from simulators.scenarios.device_faults import (
    ClockSkew,
    ClockStep,
    Noise,
    Reboot,
    Stick,
    Unplug,
)
from simulators.scenarios.happening import Happening
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

Fault = Annotated[
    Cut
    | MainsOff
    | Degrade
    | Flap
    | Reroute
    | Unplug
    | Reboot
    | ClockSkew
    | ClockStep
    | Stick
    | BrokerDown
    | ServiceDown
    | Delivery
    | Noise
    | Maintenance
    | RestartWatcher,
    Field(discriminator="fault"),
]
"""Anything that happens in a scenario."""

KINDS: Final[Mapping[str, type[Happening]]] = {
    get_args(kind.model_fields["fault"].annotation)[0]: kind
    for kind in get_args(get_args(Fault)[0])
}
"""Every kind of fault, by what its key `fault` says."""
