"""What one ingest process is meant to do at least; printed beside the figures, never asserted."""

from dataclasses import dataclass
from typing import Final

MIB: Final = 2**20


@dataclass(frozen=True, slots=True)
class Floors:
    """The bounds of one measurement; None: it has no such bound.

    Attributes:
        rate: least reports stored a second.
        p99: most seconds from sent to committed, of 99 reports in 100.
        memory: most bytes of ingest's own memory.
    """

    rate: int | None = None
    p99: float | None = None
    memory: int | None = 200 * 1000 * 1000

    def judge_rate(self, reports_per_second: float) -> str:
        """Return the rate beside its floor."""
        return _beside(f"{reports_per_second:,.0f} reports/s", self.rate, "at least {:,.0f}")

    def judge_p99(self, seconds: float) -> str:
        """Return the latency beside its ceiling."""
        return _beside(f"{1e3 * seconds:.0f} ms p99", self.p99, "at most {:g} s")

    def judge_memory(self, size: int) -> str:
        """Return the memory beside its ceiling, both in millions of bytes."""
        bound = None if self.memory is None else self.memory / 1e6
        return _beside(f"{size / 1e6:.0f} MB", bound, "at most {:.0f} MB")


def _beside(figure: str, bound: float | None, words: str) -> str:
    return figure if bound is None else f"{figure} ({words.format(bound)})"
