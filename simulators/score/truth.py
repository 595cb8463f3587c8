"""The truth log: what really happened in a run. docs/scoring.md describes its file."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from simulators.milliseconds import SECOND
from simulators.score.errors import LogError
from simulators.score.lines import At, Line, LineReader

FORMAT: Final = "srepok-truth/1"

Category = Literal[
    "area",
    "village",
    "card",
    "link",
    "degradation",
    "flapping",
    "pipeline",
    "device",
    "sensor",
    "none",
]
"""By which faults are compared; docs/scoring.md says what each means."""


class VillageFacts(Line):
    """What the score needs to know of a village."""

    households: Annotated[int, Field(ge=0)]
    devices: Annotated[int, Field(ge=0)]


class Run(Line):
    """The run: which one it was, and how long.

    Attributes:
        interval_s: T, the seconds between two reports of a device.
        warm: from when on the watcher is judged.
        devices: of the whole run; those of the villages where it is left out.
        restart: when the watcher was killed and started again, if it was.
        wrong_edges: share of the published inventory's edges that were wrong.
    """

    kind: Literal["run"]
    format: Literal["srepok-truth/1"]
    scenario: str
    number: int = 0
    seed: int
    scale: float = 1.0
    interval_s: Annotated[float, Field(gt=0)]
    start: At
    warm: At
    end: At
    villages: Mapping[str, VillageFacts]
    devices: Annotated[int | None, Field(ge=0)] = None
    restart: At | None = None
    wrong_edges: float = 0.0

    @property
    def interval(self) -> int:
        """T in milliseconds."""
        return round(self.interval_s * SECOND)

    @property
    def device_count(self) -> int:
        """How many devices there were."""
        if self.devices is not None:
            return self.devices
        return sum(village.devices for village in self.villages.values())


class Fault(Line):
    """One fault that was made; times are in milliseconds.

    Attributes:
        fault: its name, unique in the run.
        fault_class: what a watcher should call it.
        expect: what a good watcher does about it.
        root: the object that failed; `equivalent` are those no watcher can tell from it.
        crossed: when it became worth an incident, where that is later than its onset.
        villages: those it impairs at any time, were it alone; so are links and devices.
    """

    kind: Literal["fault"]
    fault: str
    fault_kind: str = ""
    fault_class: Annotated[
        Literal["outage", "degradation", "pipeline", "device", "sensor", "none"],
        Field(alias="class"),
    ]
    category: Category
    expect: Literal["incident", "record", "ticket", "info", "none"]
    root: str = ""
    equivalent: frozenset[str] = frozenset()
    cause: str = ""
    planned: bool = False
    onset: At
    end: At
    crossed: At | None = None
    villages: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    device_count: Annotated[int, Field(ge=0)] = 0
    text: str = ""

    @property
    def due(self) -> int:
        """From when on the time to detection counts, in milliseconds."""
        return self.onset if self.crossed is None else self.crossed


class VillageState(Line):
    """A stretch of time in which a village was not served, in milliseconds."""

    kind: Literal["village"]
    village: str
    state: Literal["degraded", "dark"]
    reason: str | None = None
    start: At
    end: At
    faults: Sequence[str] = ()


class Blind(Line):
    """A stretch of time in which nobody could know anything, in milliseconds."""

    kind: Literal["blind"]
    start: At
    end: At
    cause: str = ""


class Events(Line):
    """The last line: how many lines of events the run had, and their digest."""

    kind: Literal["events"]
    lines: Annotated[int, Field(ge=0)]
    sha256: str = ""


@dataclass(frozen=True)
class Truth:
    """A truth log, whole."""

    run: Run
    faults: tuple[Fault, ...] = ()
    states: tuple[VillageState, ...] = ()
    blinds: tuple[Blind, ...] = ()
    events: Events | None = None

    @property
    def expected(self) -> tuple[Fault, ...]:
        """The faults of which a watcher should make an incident and tell people."""
        return tuple(fault for fault in self.faults if fault.expect == "incident")

    @cached_property
    def planned(self) -> frozenset[str]:
        """Names of faults that were announced work."""
        return frozenset(fault.fault for fault in self.faults if fault.planned)

    @cached_property
    def states_of(self) -> Mapping[str, Sequence[VillageState]]:
        """What was not served, by village, in the order of time."""
        states: dict[str, list[VillageState]] = defaultdict(list)
        for state in sorted(self.states, key=lambda state: state.start):
            states[state.village].append(state)
        return states


AnyTruth = Run | Fault | VillageState | Blind | Events
_LINES: Final[LineReader[AnyTruth]] = LineReader(
    TypeAdapter(Annotated[AnyTruth, Field(discriminator="kind")])
)


def read_truth(path: Path) -> Truth:
    """Read a truth log.

    Raises:
        LogError: it breaks its format; the message names file and line.
        OSError: it cannot be read.
    """
    lines = _LINES.read(path)
    number, run = next(lines, (1, None))
    if not isinstance(run, Run):
        raise LogError(f"{path}:{number}: the first line must be of kind 'run'")
    rest: list[AnyTruth] = []
    names: set[str] = set()
    for number, line in lines:
        problem = _problem(line, run, names)
        if problem is not None:
            raise LogError(f"{path}:{number}: {problem}")
        rest.append(line)
    return Truth(
        run,
        tuple(line for line in rest if isinstance(line, Fault)),
        tuple(line for line in rest if isinstance(line, VillageState)),
        tuple(line for line in rest if isinstance(line, Blind)),
        next((line for line in rest if isinstance(line, Events)), None),
    )


def _problem(line: AnyTruth, run: Run, names: set[str]) -> str | None:
    """Return what is wrong with a line after the first; note the names of faults."""
    match line:
        case Run():
            return "a second line of kind 'run'"
        case Fault():
            if line.fault in names:
                return f"fault {line.fault!r} is there already"
            names.add(line.fault)
            if line.end < line.onset:
                return f"fault {line.fault!r} ends before its onset"
        case VillageState():
            if line.village not in run.villages:
                return f"village {line.village!r} is not one of the run's"
    return None
