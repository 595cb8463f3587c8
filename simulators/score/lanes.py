"""Lanes: what stands in which line of a timeline, and in which colour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from simulators.milliseconds import stamp
from simulators.score.lives import Incident
from simulators.score.matching import Matching
from simulators.score.spans import Span
from simulators.score.truth import Fault, Truth

_MOST_BELOW: Final = 4
"""Lanes of incidents that one fault takes at most."""
_MOST_FALSE_LANES: Final = 24

# Okabe and Ito's colours: distinct to people with any kind of colour blindness, and each kind
# also stands in a lane of its own with its name.
_TRUTH: Final = "#0072B2"
_PLANNED: Final = "#56B4E9"
_MATCHED: Final = "#009E73"
_EXTRA: Final = "#E69F00"
_FALSE: Final = "#D55E00"
BLIND: Final = "#DDDDDD"
LEGEND: Final = (
    (_TRUTH, "fault"),
    (_PLANNED, "announced work"),
    (_MATCHED, "incident that told of it"),
    (_EXTRA, "said again or in part"),
    (_FALSE, "about nothing"),
    (BLIND, "nobody could know"),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a lane; `tip` is what a browser shows when it is pointed at."""

    span: Span
    colour: str
    tip: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A line of the timeline; a strong one begins a fault."""

    label: str
    bars: Sequence[Bar]
    strong: bool = False


def lanes(truth: Truth, matching: Matching) -> Iterator[Lane]:
    """Yield each fault with its incidents below it, then the incidents about nothing."""
    yield from _fault_lanes(truth, matching)
    yield from _packed("about nothing", matching.false, _FALSE, _MOST_FALSE_LANES, truth.run.end)


def _fault_lanes(truth: Truth, matching: Matching) -> Iterator[Lane]:
    end = truth.run.end
    for fault in truth.faults:
        colour = _PLANNED if fault.planned else _TRUTH
        bar = Bar(Span(fault.onset, fault.end), colour, _fault_tip(fault))
        yield Lane(f"{fault.fault} ({fault.category})", [bar], strong=True)
        matched = matching.matched.get(fault.fault)
        if matched is not None:
            yield Lane(matched.name, [_bar(matched, _MATCHED, end)])
        extra = matching.extra.get(fault.fault, ())
        yield from _packed("again or in part", extra, _EXTRA, _MOST_BELOW, end)
    yield from _packed("allowed remarks", matching.remarks, _MATCHED, _MOST_BELOW, end)


def _packed(
    label: str, incidents: Sequence[Incident], colour: str, most: int, end: int
) -> Iterator[Lane]:
    """Yield lanes in which bars do not overlap; what does not fit into `most` is counted."""
    lanes: list[list[Bar]] = []
    left_out = 0
    for incident in incidents:
        bar = _bar(incident, colour, end)
        free = next((lane for lane in lanes if lane[-1].span.end <= bar.span.start), None)
        if free is not None:
            free.append(bar)
        elif len(lanes) < most:
            lanes.append([bar])
        else:
            left_out += 1
    for number, bars in enumerate(lanes):
        yield Lane(f"{label}: {len(incidents):,}" if number == 0 else "", bars)
    if left_out:
        yield Lane(f"and {left_out:,} more at the same time", [])


def _bar(incident: Incident, colour: str, end: int) -> Bar:
    start = incident.opened_at if incident.told_at is None else incident.told_at
    cleared_at = end if incident.cleared_at is None else incident.cleared_at
    tip = (
        f"{incident.name}: {incident.incident_class}, root {_some(incident.root)}, "
        f"{len(incident.villages)} villages, told {stamp(start)}"
    )
    return Bar(Span(start, max(cleared_at, start)), colour, tip)


def _fault_tip(fault: Fault) -> str:
    return (
        f"{fault.fault}: {fault.fault_kind} of {fault.root}, {len(fault.villages)} villages, "
        f"{stamp(fault.onset)} to {stamp(fault.end)}. {fault.text}"
    )


def _some(codes: frozenset[str]) -> str:
    return ", ".join(sorted(codes)[:3]) or "?"
