"""The programme of a live run: its log says when a fault comes, and when it is over."""

from collections.abc import Sequence

from runtime.logs import get_logger
from simulators.live.times import Times
from simulators.world.schedule import Schedule
from simulators.world.truth import TruthFault

log = get_logger(__name__)


def outlook(faults: Sequence[TruthFault], times: Times) -> dict[str, object]:
    """Return how many faults are to come and when the first one begins, as fields of a log line."""
    if not faults:
        return {"faults": 0}
    first = min(fault.onset for fault in faults)
    return {"faults": len(faults), "first_fault_at": times.show(first)}


def plan_words(faults: Sequence[TruthFault], schedule: Schedule) -> None:
    """Plan that the log tells of each fault at its beginning and at its end."""
    for fault in faults:
        schedule.plan(fault.onset, _begins, fault)
        schedule.plan(fault.end, _ends, fault)


def _begins(_at: int, fault: TruthFault) -> None:
    _say("fault begins", fault)


def _ends(_at: int, fault: TruthFault) -> None:
    _say("fault ends", fault)


def _say(event: str, fault: TruthFault) -> None:
    log.info(
        event,
        fault=fault.fault,
        fault_kind=fault.fault_kind,
        root=fault.root,
        planned=fault.planned,
        villages=len(set(fault.villages)),
        text=fault.text,
    )
