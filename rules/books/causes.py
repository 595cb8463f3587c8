"""Causes: what an incident's root is in the books."""

from enum import StrEnum
from typing import Final

from province.topology import NodeKind


class Cause(StrEnum):
    """Why a place was without service; of every second that it was, exactly one."""

    MAINTENANCE = "maintenance"
    """Work announced before it began, inside its window, whatever the root."""
    MAINS = "mains"
    """The customers' own mains failed: what broke is a node of the power grid that feeds them."""
    BATTERY = "battery"
    """The network's power failed: a node of the power grid that feeds not them but what serves
    them, once its batteries were empty."""
    BACKHAUL = "backhaul"
    RADIO = "radio"
    ACCESS = "access"
    CORE = "core"
    UNKNOWN = "unknown"
    """No incident speaks for it, or its root tells nothing: a whole village, a device."""


POWER_KINDS: Final = frozenset({NodeKind.POWER_SUBSTATION.value, NodeKind.POWER_FEEDER.value})
"""Kinds of root that belong to the power grid."""

_OF_KIND: Final = {
    NodeKind.AGGREGATION: Cause.BACKHAUL,
    NodeKind.SITE: Cause.RADIO,
    NodeKind.CELL: Cause.RADIO,
    NodeKind.OLT: Cause.ACCESS,
    NodeKind.CARD: Cause.ACCESS,
    NodeKind.SPLITTER: Cause.ACCESS,
    NodeKind.OPERATOR_CORE: Cause.CORE,
    "operator": Cause.CORE,
}


def cause_of(root_kind: str, *, fed: bool = True, mobile: bool = False) -> Cause:
    """Return the cause that a kind of root stands for.

    Args:
        root_kind: of the incident: a node's kind, or link, village, operator, device, pipeline.
        fed: the root feeds the place's own mains, or nobody knows what does. Tells mains from
            battery, and matters for the power grid only.
        mobile: the link is that of a mobile network. Matters for a root that is a link.
    """
    if root_kind in POWER_KINDS:
        return Cause.MAINS if fed else Cause.BATTERY
    if root_kind == "link":
        return Cause.RADIO if mobile else Cause.ACCESS
    return _OF_KIND.get(root_kind, Cause.UNKNOWN)
