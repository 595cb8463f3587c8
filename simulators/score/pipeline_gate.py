"""Pipeline safety: a fault of the telemetry path must not look like an outage of villages."""

from collections.abc import Iterator, Sequence

from simulators.milliseconds import stamp
from simulators.score.gates import Gate, judged
from simulators.score.incidents import EVERY_VILLAGE, IncidentLog, VillageLine
from simulators.score.matching import Matching, unsafe
from simulators.score.spans import Span
from simulators.score.truth import Truth


def pipeline_gate(truth: Truth, log: IncidentLog, matching: Matching) -> Gate:
    """Count villages that were held to be dark, and outages told, because of pipeline faults.

    It is judged from each fault's onset until devices are back after it: 120 s and 3T.
    """
    faults = [fault for fault in truth.faults if fault.fault_class == "pipeline"]
    if not faults:
        return Gate()
    spans = [unsafe(fault, truth.run.interval) for fault in faults]
    return judged([*_outages(matching), *_villages(truth, log, spans)])


def _outages(matching: Matching) -> Iterator[str]:
    for fault, incidents in matching.caused.items():
        for incident in incidents:
            if incident.incident_class == "outage":
                yield f"incident {incident.name!r} was opened in pipeline fault {fault!r}"


def _villages(truth: Truth, log: IncidentLog, spans: Sequence[Span]) -> Iterator[str]:
    wronged: set[str] = set()
    for line in log.books:
        if line.state != "dark" or not any(_touches(line, span) for span in spans):
            continue
        named = truth.run.villages if line.village == EVERY_VILLAGE else (line.village,)
        for village in named:
            if village not in wronged and _served(truth, village, line):
                wronged.add(village)
                yield f"village {village!r} was held to be dark from {stamp(line.begins)}"


def _touches(line: VillageLine, span: Span) -> bool:
    return line.begins < span.end and span.start <= line.at


def _served(truth: Truth, village: str, line: VillageLine) -> bool:
    """Whether nothing was wrong with the village in the time that the line speaks of."""
    return not any(
        state.start <= line.at and line.begins < state.end
        for state in truth.states_of.get(village, ())
    )
