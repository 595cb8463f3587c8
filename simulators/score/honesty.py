"""Honesty: a watcher says `unknown` when nobody can know, and not otherwise."""

from dataclasses import dataclass

from simulators.score.books import Book, spans_of
from simulators.score.limits import RECONNECT
from simulators.score.spans import Span, merged, shared, total, without
from simulators.score.sums import Sums
from simulators.score.truth import Truth


@dataclass(frozen=True, slots=True)
class Honesty(Sums):
    """Milliseconds times villages.

    Attributes:
        blind: in which nobody could know, but for the first T of each time.
        admitted: of these, held as unknown at the time or in the end.
        healthy: in which villages were served and could be seen to be.
        shrugged: of these, held as unknown at the time.
    """

    blind: int = 0
    admitted: int = 0
    healthy: int = 0
    shrugged: int = 0

    @property
    def admitted_share(self) -> float | None:
        """Share of blind time held as unknown; None where nobody was blind."""
        return self.admitted / self.blind if self.blind else None

    @property
    def shrugged_share(self) -> float | None:
        """Share of healthy time held as unknown."""
        return self.shrugged / self.healthy if self.healthy else None


class HonestyJudge:
    """Takes the villages of a run one by one.

    Args:
        truth: of the run.
    """

    def __init__(self, truth: Truth) -> None:
        run = truth.run
        self._truth = truth
        self._window = Span(run.warm, run.end)
        self._blind = merged(Span(blind.start + run.interval, blind.end) for blind in truth.blinds)
        grace = max(RECONNECT, run.interval * 3 // 2)
        # Devices need time to come back, and the watcher to hear of them.
        self._unclear = [Span(blind.start, blind.end + grace) for blind in truth.blinds]
        self._sums = Honesty()

    def take(self, village: str, book: Book) -> None:
        """Add a village."""
        live = spans_of(book.live, "unknown", self._window)
        ever = merged([*live, *spans_of(book.final, "unknown", self._window)])
        impaired = [
            Span(state.start, state.end) for state in self._truth.states_of.get(village, ())
        ]
        healthy = without([self._window], merged([*self._unclear, *impaired]))
        self._sums += Honesty(
            total(self._blind), shared(self._blind, ever), total(healthy), shared(healthy, live)
        )

    def result(self) -> Honesty:
        """Return the sums of the run."""
        return self._sums
