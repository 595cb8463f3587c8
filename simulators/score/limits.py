"""Limits: by when faults should be told and cleared, by kind. docs/scoring.md explains them."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from simulators.milliseconds import MINUTE
from simulators.score.truth import Fault

LASTING_INTERVALS: Final = 3
"""A fault shorter than this many T need not be found."""
RECONNECT: Final = 2 * MINUTE
"""How long devices may take to be back after the way to the broker is open again."""
MOST_ROOTS: Final = 8
"""Codes that a watcher may name as one cause, unless the truth has half as many."""
WORST_FACTOR: Final = 3
"""At so many times its target a time is worth nothing any more."""
BACK_OFF: Final = MINUTE
"""The longest that a device waits before it connects again."""
CLEAR_INTERVALS: Final = 2
"""T, beside `BACK_OFF`, in which an end should be told."""

_CLEAR_DEGRADATION: Final = 15 * MINUTE
_CLEAR_FLAPPING: Final = 60 * MINUTE
_LARGE_VILLAGE: Final = 4


class Cohort(NamedTuple):
    """Faults that are compared with each other, and what is asked of a good watcher.

    Attributes:
        name: of the cohort.
        recall: share that should be found.
        median: by when half of them should be told, in `unit`.
        high: by when 95 of 100 should be.
        unit: T, or minutes where devices tell of a fault by what they measure.
    """

    name: str
    recall: float | None
    median: float
    high: float | None = None
    unit: Literal["T", "min"] = "T"


COHORTS: Final[Mapping[str, Cohort]] = {
    cohort.name: cohort
    for cohort in (
        Cohort("area", 0.99, 0.5, 0.8),
        Cohort("village, 4+ devices", 0.97, 1.2, 1.4),
        Cohort("village, 3 devices", 0.97, 1.5, 2.0),
        Cohort("village, 2 devices", 0.90, 2.5, 3.5),
        Cohort("village, 1 device", None, 3.5),
        Cohort("card or link", None, 2.9, 5.0),
        Cohort("degradation, step", 0.85, 10, unit="min"),
        Cohort("degradation, ramp", 0.85, 30, unit="min"),
        Cohort("flapping", None, 10),
        Cohort("pipeline", None, 1.0),
        Cohort("other", None, 2.9),
    )
}
"""All cohorts, by name."""


def is_lasting(fault: Fault, interval: int) -> bool:
    """Whether a fault lasts long enough to be asked for; those of the pipeline always do.

    Args:
        fault: the fault.
        interval: T, in milliseconds.
    """
    # A broker that is away for a minute is missed by thousands of devices for much longer.
    lasts = fault.end - fault.onset
    return fault.fault_class == "pipeline" or lasts >= LASTING_INTERVALS * interval


def cohort(fault: Fault, interval: int) -> Cohort:
    """Return the faults that this one is compared with.

    Args:
        fault: the fault.
        interval: T, in milliseconds.
    """
    return COHORTS[_cohort(fault, interval)]


def _cohort(fault: Fault, interval: int) -> str:
    match fault.category:
        case "village":
            size = max(fault.device_count, 1)
            if size >= _LARGE_VILLAGE:
                return f"village, {_LARGE_VILLAGE}+ devices"
            return f"village, {size} devices" if size > 1 else "village, 1 device"
        case "card" | "link":
            return "card or link"
        case "degradation":
            # A ramp is one that mattered only later than its onset.
            slow = fault.due - fault.onset > interval
            return "degradation, ramp" if slow else "degradation, step"
        case "area" | "flapping" | "pipeline":
            return fault.category
        case _:
            return "other"


def detection_target(fault: Fault, interval: int) -> int:
    """Return the time within which a fault should be told; both times in milliseconds."""
    compared = cohort(fault, interval)
    return round(compared.median * (MINUTE if compared.unit == "min" else interval))


def clear_target(fault: Fault, interval: int) -> int:
    """Return the time within which its end should be told; both times in milliseconds."""
    match fault.category:
        case "degradation":
            return _CLEAR_DEGRADATION
        case "flapping":
            return _CLEAR_FLAPPING
        case _:
            return CLEAR_INTERVALS * interval + BACK_OFF
