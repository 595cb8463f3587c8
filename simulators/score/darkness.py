"""Darkness: when a village was truly dark, and how much of it was announced work."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.score.spans import Span, merged, without
from simulators.score.truth import Fault, Truth, VillageState


@dataclass(frozen=True, slots=True)
class Darkness:
    """Stretches in which a village was dark.

    Attributes:
        unplanned: those that count in the net account.
        planned: those in which nothing but announced work was to blame.
    """

    unplanned: list[Span]
    planned: list[Span]


def darkness(truth: Truth, village: str) -> Darkness:
    """Return when a village was dark, within the time in which the watcher is judged."""
    run = truth.run
    faults = {fault.fault: fault for fault in truth.faults}
    states = [state for state in truth.states_of.get(village, ()) if state.state == "dark"]
    dark = merged(Span(max(state.start, run.warm), min(state.end, run.end)) for state in states)
    planned = merged(span for state in states for span in _planned(state, faults))
    return Darkness(without(dark, planned), planned)


def _planned(state: VillageState, faults: Mapping[str, Fault]) -> list[Span]:
    blamed = [faults[name] for name in state.faults if name in faults]
    if not any(fault.planned for fault in blamed):
        return []
    # One state can outlast the work: what overran it is a fault of its own.
    others = merged(Span(fault.onset, fault.end) for fault in blamed if not fault.planned)
    return without([Span(state.start, state.end)], others)
