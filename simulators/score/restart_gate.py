"""Restart: a watcher that was killed goes on with its incidents, and repeats no notice."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from simulators.score.gates import Gate, judged
from simulators.score.incidents import IncidentLog
from simulators.score.likeness import alike
from simulators.score.limits import WORST_FACTOR, clear_target
from simulators.score.lives import Incident
from simulators.score.matching import Matching
from simulators.score.truth import Truth


def restart_gate(truth: Truth, log: IncidentLog, matching: Matching) -> Gate:
    """Count incidents that the restart lost, and notices that it repeated.

    An incident open at the restart is lost if it is never spoken of again although what it told
    of ended early enough in the run. A notice is repeated if one that was open is opened again,
    under its own name or as another that says the same.
    """
    restart = truth.run.restart
    if restart is None:
        return Gate()
    before = [
        incident
        for incident in log.incidents
        if incident.opened_at < restart
        and (incident.cleared_at is None or incident.cleared_at >= restart)
    ]
    if not before:
        return Gate()
    # What told of a fault that began later is news, however much it looks like an old one.
    onset = {fault.fault: fault.onset for fault in truth.expected}
    news = {incident for fault, incident in matching.matched.items() if onset[fault] >= restart}
    after = [
        incident
        for incident in log.incidents
        if incident.opened_at >= restart and incident not in news
    ]
    return judged([*_lost(truth, before, matching, restart), *_repeated(before, after, restart)])


def _lost(
    truth: Truth, before: Sequence[Incident], matching: Matching, restart: int
) -> Iterator[str]:
    over = {
        fault.fault
        for fault in truth.expected
        if fault.end + WORST_FACTOR * clear_target(fault, truth.run.interval) <= truth.run.end
    }
    about = {incident for fault, incident in matching.matched.items() if fault in over}
    about.update(
        incident
        for fault, incidents in matching.extra.items()
        if fault in over
        for incident in incidents
    )
    for incident in before:
        if incident in about and incident.said[-1].at < restart:
            yield f"incident {incident.name!r} was open at the restart and is never spoken of again"


def _repeated(before: Sequence[Incident], after: Sequence[Incident], restart: int) -> Iterator[str]:
    for incident in before:
        for said in incident.said:
            if said.at >= restart and said.action == "open" and said.notified:
                yield f"incident {incident.name!r} was opened again after the restart"
    # By what they speak of: comparing each with each takes hours where one shouts.
    speaking: dict[Hashable, list[Incident]] = defaultdict(list)
    for incident in before:
        for subject in _subjects(incident):
            speaking[subject].append(incident)
    for other in after:
        if other.told_at is None:
            continue
        olds = (old for subject in _subjects(other) for old in speaking.get(subject, ()))
        same = next((old for old in olds if _is_open(old, other) and alike(old, other)), None)
        if same is not None:
            yield f"incident {other.name!r} says again what {same.name!r} said"


def _subjects(incident: Incident) -> Iterator[Hashable]:
    """Yield what an incident speaks of; two that are alike have one of these in common."""
    if incident.incident_class == "pipeline":
        yield incident.incident_class
    if incident.root:
        yield incident.root
    yield from incident.villages
    yield from incident.links


def _is_open(old: Incident, other: Incident) -> bool:
    """Whether an incident was open when another was opened."""
    return old.cleared_at is None or other.opened_at < old.cleared_at
