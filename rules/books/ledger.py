"""The ledger: from pieces of a timeline to what a day's books say of one place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rules.books.causes import Cause
from rules.books.spans import Span
from rules.books.timeline import Held

SUSTAINED_SECONDS: Final = 300
"""An outage that lasts longer is sustained."""
MOMENTARY_SECONDS: Final = 60
"""One that lasts so long, and is not sustained, is momentary; a shorter one is not counted."""
BRIDGED_SECONDS: Final = 86_400
"""An outage of which nothing was seen for so long is another one when it is seen again."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a place's time of which the books say one thing.

    Attributes:
        cause: of what is down; None of all else.
    """

    start: int
    end: int
    held: Held
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Outages:
    """How many outages a book counts."""

    sustained: int = 0
    momentary: int = 0


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage, in seconds without service in each book.

    Attributes:
        start: when it began.
        end: when it was last seen to go on.
        gross: all of it.
        net: without agreed maintenance.
        network: without agreed maintenance and without failures of the customers' mains.
    """

    start: int
    end: int
    gross: int
    net: int
    network: int


@dataclass(frozen=True, slots=True)
class DayBook:
    """What the books say of one place and one span, in seconds.

    Attributes:
        served, degraded, down, unknown: add up to the span.
        causes: of what is down; adds up to it.
        gross, net, network: outages that began in the span.
    """

    served: int
    degraded: int
    down: int
    unknown: int
    causes: Mapping[Cause, int]
    gross: Outages
    net: Outages
    network: Outages

    @property
    def elapsed(self) -> int:
        """Seconds of the span."""
        return self.served + self.degraded + self.down + self.unknown

    @property
    def down_net(self) -> int:
        """Seconds without service but for agreed maintenance."""
        return self.down - self.causes.get(Cause.MAINTENANCE, 0)

    @property
    def down_network(self) -> int:
        """The same, but for failures of the customers' mains too."""
        return self.down_net - self.causes.get(Cause.MAINS, 0)


def outages(pieces: Sequence[Piece]) -> list[Outage]:
    """Return the outages of a timeline, in order.

    An outage ends when service is seen again. Time in which nothing was seen does not end it,
    unless it is a whole day, and is no part of its length.
    """
    runs: list[list[Piece]] = []
    goes_on = False
    for piece in pieces:
        if piece.held is Held.DOWN:
            if goes_on and piece.start - runs[-1][-1].end < BRIDGED_SECONDS:
                runs[-1].append(piece)
            else:
                runs.append([piece])
            goes_on = True
        elif piece.held is not Held.UNKNOWN:
            goes_on = False
    return [_outage(run) for run in runs]


def book(pieces: Iterable[Piece], found: Iterable[Outage], span: Span) -> DayBook:
    """Return the book of a span.

    Args:
        pieces: of a timeline that covers the span.
        found: the outages of that timeline: those that began in the span count here, with the
            length they had in the end.
        span: as a rule a local day, up to now.
    """
    seconds = dict.fromkeys(Held, 0)
    causes = dict.fromkeys(Cause, 0)
    first, last = span
    for piece in pieces:
        length = min(piece.end, last) - max(piece.start, first)
        if length <= 0:
            continue
        seconds[piece.held] += length
        if piece.cause is not None:
            causes[piece.cause] += length
    begun = [outage for outage in found if first <= outage.start < last]
    return DayBook(
        seconds[Held.SERVED],
        seconds[Held.DEGRADED],
        seconds[Held.DOWN],
        seconds[Held.UNKNOWN],
        causes,
        _count(outage.gross for outage in begun),
        _count(outage.net for outage in begun),
        _count(outage.network for outage in begun),
    )


def _outage(run: Sequence[Piece]) -> Outage:
    gross = sum(piece.end - piece.start for piece in run)
    agreed, mains = (
        sum(piece.end - piece.start for piece in run if piece.cause is cause)
        for cause in (Cause.MAINTENANCE, Cause.MAINS)
    )
    return Outage(run[0].start, run[-1].end, gross, gross - agreed, gross - agreed - mains)


def _count(lengths: Iterable[int]) -> Outages:
    sustained = momentary = 0
    for seconds in lengths:
        sustained += seconds > SUSTAINED_SECONDS
        momentary += MOMENTARY_SECONDS <= seconds <= SUSTAINED_SECONDS
    return Outages(sustained, momentary)
