"""Outcomes: what a watcher made of each fault of which it should have told people."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulators.score.likeness import names_root
from simulators.score.limits import (
    RECONNECT,
    WORST_FACTOR,
    clear_target,
    cohort,
    detection_target,
    is_lasting,
)
from simulators.score.lives import Incident
from simulators.score.matching import Matching
from simulators.score.truth import Fault, Truth


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one fault; times are in milliseconds.

    Attributes:
        fault: scenario, seed and name.
        category: the fault's.
        cohort: the faults it is compared with.
        interval: T of its run.
        wrong_edges: the watcher's inventory had wrong edges.
        incident: the watcher's name of what told of it, if anything did.
        noticed: something was said inside of it, if only of a part.
        delay: from the moment it mattered, and could be known, to the first notice; 0 if that
            was earlier.
        target: what `delay` should not exceed.
        notices: how often people were called about it.
        right_root: its root was named.
        clear: from its true end to its clearing; None if it was not cleared, or before its end.
        clear_target: what `clear` should not exceed.
        clear_judged: the run went on long enough after it to tell.
        false_clears: how often it was cleared before its end.
    """

    fault: str
    category: str
    cohort: str
    interval: int
    wrong_edges: bool
    incident: str | None
    noticed: bool
    delay: int | None
    target: int
    notices: int
    right_root: bool
    clear: int | None
    clear_target: int
    clear_judged: bool
    false_clears: int

    @property
    def detected(self) -> bool:
        """Whether an incident told of it."""
        return self.incident is not None


def outcomes(truth: Truth, matching: Matching) -> tuple[Outcome, ...]:
    """Return the outcome of each fault that expects an incident and lasts long enough."""
    return tuple(
        _outcome(truth, fault, matching)
        for fault in truth.expected
        if is_lasting(fault, truth.run.interval)
    )


def _outcome(truth: Truth, fault: Fault, matching: Matching) -> Outcome:
    run = truth.run
    incident = matching.matched.get(fault.fault)
    extra = matching.extra.get(fault.fault, ())
    about = [*([incident] if incident else []), *extra]
    notices = [*about, *matching.caused.get(fault.fault, ())]
    target = clear_target(fault, run.interval)
    return Outcome(
        fault=f"{run.scenario}/{run.seed}/{fault.fault}",
        category=fault.category,
        cohort=cohort(fault, run.interval).name,
        interval=run.interval,
        wrong_edges=run.wrong_edges > 0,
        incident=incident.name if incident else None,
        noticed=bool(about),
        delay=_delay(truth, fault, incident),
        target=detection_target(fault, run.interval),
        notices=sum(each.notices for each in notices),
        right_root=incident is not None and names_root(fault, incident),
        clear=_clear(fault, incident),
        clear_target=target,
        clear_judged=fault.end + WORST_FACTOR * target <= run.end,
        false_clears=_false_clears(fault, about),
    )


def _delay(truth: Truth, fault: Fault, incident: Incident | None) -> int | None:
    if incident is None or incident.told_at is None:
        return None
    return max(0, incident.told_at - _knowable(truth, fault.due))


def _knowable(truth: Truth, due: int) -> int:
    """Return when a fault could be known: after a blind time, once devices can be back."""
    ends = [blind.end + RECONNECT for blind in truth.blinds if blind.start <= due < blind.end]
    return max(ends, default=due)


def _clear(fault: Fault, incident: Incident | None) -> int | None:
    if incident is None or incident.cleared_at is None or incident.cleared_at < fault.end:
        return None
    return incident.cleared_at - fault.end


def _false_clears(fault: Fault, about: Sequence[Incident]) -> int:
    return sum(
        incident.cleared_at is not None and incident.cleared_at < fault.end for incident in about
    )
