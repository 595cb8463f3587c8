"""The oracle: a watcher that is told the truth. It proves that the score can be had."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from simulators.score.incidents import EVERY_VILLAGE
from simulators.score.spans import Span, merged
from simulators.score.truth import Fault, Truth
from simulators.watchers.reporter import Finding, Reporter


class _Saying(NamedTuple):
    """Something to say at a moment; those of one moment are said in the order of `rank`."""

    at: int
    rank: int
    say: Callable[[int], None]


def foretell(truth: Truth, reporter: Reporter) -> None:
    """Say of a run what a perfect watcher would have said, each at its moment."""
    blind = merged(Span(blind.start, blind.end) for blind in truth.blinds)
    sayings = [
        *_incidents(truth, reporter),
        *_states(truth, reporter, blind),
        *_blinds(truth, reporter, blind),
    ]
    for saying in sorted(sayings, key=lambda saying: saying[:2]):
        saying.say(saying.at)


def _incidents(truth: Truth, reporter: Reporter) -> Iterator[_Saying]:
    for fault in truth.faults:
        match fault.expect:
            case "incident":
                yield from _incident(fault, reporter, notified=True)
            case "record":
                yield from _incident(fault, reporter, notified=False)
            case "ticket":
                yield from _tickets(fault, reporter)
            case "info" | "none":
                continue


def _incident(fault: Fault, reporter: Reporter, *, notified: bool) -> Iterator[_Saying]:
    finding = Finding(fault.fault, fault.fault_class, [fault.root], fault.villages, fault.links)

    def begin(at: int) -> None:
        reporter.open(at, finding, fault.onset, planned=fault.planned, notified=notified)

    def end(at: int) -> None:
        reporter.clear(at, finding.name, notified=notified)

    yield _Saying(fault.due, 0, begin)
    yield _Saying(max(fault.end, fault.due), 1, end)


def _tickets(fault: Fault, reporter: Reporter) -> Iterator[_Saying]:
    for device in sorted(fault.devices):
        finding = Finding(f"{fault.fault}/{device}", fault.fault_class, [device])

        def begin(at: int, finding: Finding = finding) -> None:
            reporter.open(at, finding, at)

        yield _Saying(fault.onset, 0, begin)


def _states(truth: Truth, reporter: Reporter, blind: Sequence[Span]) -> Iterator[_Saying]:
    for state in truth.states:

        def begin(at: int, village: str = state.village, name: str = state.state) -> None:
            reporter.village(at, village, name)

        def end(at: int, village: str = state.village) -> None:
            reporter.village(at, village, "served")

        # An end is said first: the next state of the village may begin at the same moment.
        sayings = (_Saying(state.end, 2, end), _Saying(state.start, 3, begin))
        yield from (saying for saying in sayings if not _hidden(saying.at, blind))


def _blinds(truth: Truth, reporter: Reporter, blind: Sequence[Span]) -> Iterator[_Saying]:
    def begin(at: int) -> None:
        reporter.village(at, EVERY_VILLAGE, "unknown")

    def end(at: int) -> None:
        reporter.village(at, EVERY_VILLAGE, "served")
        for village in sorted(truth.states_of):
            for state in truth.states_of[village]:
                if state.start <= at < state.end:
                    reporter.village(at, village, state.state)

    for span in blind:
        yield _Saying(span.start, 4, begin)
        yield _Saying(span.end, 5, end)


def _hidden(at: int, blind: Sequence[Span]) -> bool:
    return any(span.start <= at < span.end for span in blind)
