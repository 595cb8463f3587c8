"""Gaps: stretches in which nothing at all was stored, so that it was we who did not see."""

from collections.abc import Iterable
from typing import Final

from province.devices import Device, DeviceKind

PART: Final = "ingest"
"""What is taken to have been away: from history alone nobody can tell which part of ours it was."""

_REPORTS: Final = 30
"""So many reports in a row do not fail to come by chance."""
_LEAST_SECONDS: Final = 5.0
_CANARY_INTERVALS: Final = 1.5


def longest_silence(devices: Iterable[Device]) -> float:
    """Return the seconds without any row from which on it was our own pipeline that was away.

    A canary stands where the network does not fail: while one is heard, what is silent is silent.

    Args:
        devices: of the inventory.
    """
    each = list(devices)
    per_second = sum(1 / device.interval_seconds for device in each)
    canaries = [
        device.interval_seconds
        for device in each
        if device.kind is DeviceKind.CANARY and device.node is None
    ]
    limits = [_LEAST_SECONDS, _CANARY_INTERVALS * min(canaries, default=0.0)]
    return max(*limits, _REPORTS / per_second if per_second else 0.0)
