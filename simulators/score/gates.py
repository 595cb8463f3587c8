"""Gates: what a watcher must never do, whatever else it does well."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from simulators.score.sums import Sums

Verdict = Literal["passed", "failed", "not tested"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate.

    Attributes:
        offences: how often it was violated.
        tested: in how many runs it could have been.
        example: one of the offences, in words.
    """

    offences: int = 0
    tested: int = 0
    example: str = ""

    def __add__(self, other: Self) -> "Gate":
        return Gate(
            self.offences + other.offences,
            self.tested + other.tested,
            self.example or other.example,
        )

    @property
    def verdict(self) -> Verdict:
        """Whether it held."""
        if not self.tested:
            return "not tested"
        return "failed" if self.offences else "passed"


def judged(offences: Iterable[str]) -> Gate:
    """Return the gate of a run in which these offences, in words, were found."""
    found = list(offences)
    return Gate(len(found), 1, found[0] if found else "")


@dataclass(frozen=True, slots=True)
class Gates(Sums):
    """The gates of a watcher.

    Attributes:
        pipeline: faults of the telemetry path put no village into the dark.
        time: devices' clocks, duplicates and late messages change nothing.
        restart: a restart forgets no incident and repeats no notice.
    """

    pipeline: Gate = Gate()
    time: Gate = Gate()
    restart: Gate = Gate()

    @property
    def failed(self) -> bool:
        """Whether one of them did not hold."""
        return any(gate.verdict == "failed" for gate in (self.pipeline, self.time, self.restart))
