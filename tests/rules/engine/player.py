"""A player of the devices of a small network, and what an engine says to them."""

from collections.abc import Iterable, Iterator

from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.model import (
    Beat,
    Event,
    IncidentNotice,
    LinkNotice,
    LinkState,
    Report,
    Transition,
    VillageNotice,
    VillageState,
    Withheld,
)
from simulators.generate import generate_province

INTERVAL = 30.0
START = 1_000_000.0


class Player:
    """Plays a network's devices: each reports at a phase of its own while it is well."""

    def __init__(self) -> None:
        self.network = Network(generate_province(1, 0.03).published)
        olts = [each for each in self.network.candidates.values() if each.kind == "olt"]
        self.olt = max(olts, key=lambda each: (len(each.devices), each.name))
        self.engine = Engine(self.network)
        self.devices = sorted(self.network.devices)
        self.silent: set[str] = set()
        self.said: list[Transition] = []
        self.now = START
        self.seqs = dict.fromkeys(self.devices, 0)

    def run(self, seconds: float, *, beats: bool = True) -> list[Transition]:
        """Go on for a while; return what is said in it."""
        said = self.advance(event for event in self._events(seconds) if beats or _is_report(event))
        self.now += seconds
        return said

    def advance(self, events: Iterable[Event]) -> list[Transition]:
        said = [each for event in events for each in self.engine.advance((event,), event.at)]
        self.said += said
        return said

    def tell(self, event: Event) -> list[Transition]:
        return self.advance((event,))

    def _events(self, seconds: float) -> Iterator[Event]:
        for second in range(int(seconds)):
            at = self.now + second
            yield Beat(at)
            for number, code in enumerate(self.devices):
                interval = self.network.devices[code].interval_seconds
                phase = number * interval / len(self.devices)
                if code not in self.silent and (at - START - phase) % interval < 1:
                    self.seqs[code] += 1
                    yield Report(at, code, 1, self.seqs[code], loss=0.0)


def _is_report(event: Event) -> bool:
    return isinstance(event, Report)


def links(said: Iterable[Transition]) -> list[tuple[str, LinkState]]:
    return [(each.link, each.state) for each in said if isinstance(each, LinkNotice)]


def villages(said: Iterable[Transition]) -> list[tuple[str, VillageState]]:
    return [(each.village, each.state) for each in said if isinstance(each, VillageNotice)]


def incidents(said: Iterable[Transition]) -> list[IncidentNotice]:
    return [each for each in said if isinstance(each, IncidentNotice)]


def withheld(said: Iterable[Transition], reason: str) -> list[Withheld]:
    return [each for each in said if isinstance(each, Withheld) and each.reason == reason]
