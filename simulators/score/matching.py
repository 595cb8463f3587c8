"""Matching: which incident told of which fault, which said it again, which told of nothing."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from simulators.milliseconds import HOUR, MINUTE
from simulators.score.incidents import IncidentLog
from simulators.score.likeness import AGREEMENT, compatible, inside, names_root, overlap, window
from simulators.score.limits import RECONNECT
from simulators.score.lives import Incident
from simulators.score.spans import Span
from simulators.score.truth import Fault, Truth

_LEAST_LOOK_BACK: Final = 10 * MINUTE
_MOST_LOOK_BACK: Final = HOUR


@dataclass(frozen=True, slots=True)
class Matching:
    """What the notified incidents of a run are about; faults go by their name.

    Attributes:
        matched: the incident that told of each fault, where one did.
        extra: incidents that lie inside a fault that is told already, or never is as a whole.
        remarks: incidents that are allowed, and not needed, about faults that expect `info`.
        false: incidents about nothing that happened.
        caused: those of the false ones that opened because of a pipeline fault.
    """

    matched: Mapping[str, Incident]
    extra: Mapping[str, Sequence[Incident]]
    remarks: Sequence[Incident]
    false: Sequence[Incident]
    caused: Mapping[str, Sequence[Incident]]


class _Pair(NamedTuple):
    """A fault and an incident that may be about it; the least pair is the best."""

    wrong_root: bool
    distance: float
    told_at: int
    fault: int
    incident: int


def match(truth: Truth, log: IncidentLog) -> Matching:
    """Match one to one, best first: right root, then overlap, then the earliest.

    A match is not counted if the watcher had said the same, wrongly, shortly before the fault:
    who always cries wolf has not seen one.
    """
    told = _Told(log)
    faults = [fault for fault in truth.faults if fault.expect in {"incident", "info"}]
    matched = _best_first(faults, told, truth.run.interval)
    rest = _Rest(truth, told, frozenset(matched.values()))
    lucky = {
        fault for fault in matched if _cried_before(faults[fault], rest.false, truth.run.interval)
    }
    if lucky:
        matched = {fault: at for fault, at in matched.items() if fault not in lucky}
        rest = _Rest(truth, told, frozenset(matched.values()))
    by_name = {
        faults[fault].fault: told.incidents[at]
        for fault, at in matched.items()
        if faults[fault].expect == "incident"
    }
    remarks = [
        told.incidents[at] for fault, at in matched.items() if faults[fault].expect == "info"
    ]
    return Matching(by_name, rest.extra, remarks, rest.false, _caused(truth, rest.false))


class _Told:
    """The incidents that people were told of, in the order in which they were."""

    def __init__(self, log: IncidentLog) -> None:
        told = [incident for incident in log.incidents if incident.told_at is not None]
        self.incidents = sorted(told, key=lambda incident: incident.told_at or 0)
        self.times = [incident.told_at or 0 for incident in self.incidents]

    def within(self, span: Span) -> range:
        """Return the numbers of those told within a span, its end included."""
        return range(bisect_left(self.times, span.start), bisect_left(self.times, span.end + 1))


class _Rest:
    """The incidents that matched nothing, sorted by what they may be about after all."""

    def __init__(self, truth: Truth, told: _Told, matched: frozenset[int]) -> None:
        inside_of: dict[int, tuple[float, int, str]] = {}
        for fault in truth.expected:
            for at in told.within(window(fault, truth.run.interval)):
                incident = told.incidents[at]
                if at in matched or not compatible(fault, incident):
                    continue
                claim = (inside(fault, incident), fault.onset, fault.fault)
                if claim[0] >= AGREEMENT:
                    inside_of[at] = max(inside_of.get(at, claim), claim)
        self.extra: dict[str, list[Incident]] = defaultdict(list)
        self.false: list[Incident] = []
        for at, incident in enumerate(told.incidents):
            if at in inside_of:
                self.extra[inside_of[at][2]].append(incident)
            elif at not in matched:
                self.false.append(incident)


def _best_first(faults: Sequence[Fault], told: _Told, interval: int) -> dict[int, int]:
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for pair in sorted(_pairs(faults, told, interval)):
        if pair.fault not in matched and pair.incident not in taken:
            matched[pair.fault] = pair.incident
            taken.add(pair.incident)
    return matched


def _pairs(faults: Sequence[Fault], told: _Told, interval: int) -> Iterator[_Pair]:
    for number, fault in enumerate(faults):
        for at in told.within(window(fault, interval)):
            incident = told.incidents[at]
            agreement = overlap(fault, incident) if compatible(fault, incident) else 0.0
            if agreement >= AGREEMENT:
                wrong_root = not names_root(fault, incident)
                yield _Pair(wrong_root, -agreement, told.times[at], number, at)


def _cried_before(fault: Fault, false: Sequence[Incident], interval: int) -> bool:
    """Whether something false was said of the fault's places as long before it as it lasts."""
    end = fault.onset - interval
    look_back = min(max(fault.end - fault.onset, _LEAST_LOOK_BACK), _MOST_LOOK_BACK)
    return any(
        end - look_back <= (incident.told_at or 0) < end
        and compatible(fault, incident)
        and overlap(fault, incident) >= AGREEMENT
        for incident in false
    )


def _caused(truth: Truth, false: Sequence[Incident]) -> Mapping[str, Sequence[Incident]]:
    caused: dict[str, list[Incident]] = defaultdict(list)
    spans = [
        (fault.fault, unsafe(fault, truth.run.interval))
        for fault in truth.faults
        if fault.fault_class == "pipeline"
    ]
    for incident in false:
        for name, span in spans:
            if span.start <= (incident.told_at or 0) < span.end:
                caused[name].append(incident)
                break
    return caused


def unsafe(fault: Fault, interval: int) -> Span:
    """Return when a pipeline fault can mislead: until its devices are back, and 3T more.

    Args:
        fault: a fault of the pipeline.
        interval: T, in milliseconds; so is what is returned.
    """
    return Span(fault.onset, fault.end + RECONNECT + 3 * interval)
