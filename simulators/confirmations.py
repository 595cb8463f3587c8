"""What happens when the broker confirms a report: the ledger hears of it."""

import asyncio

from province.topics import Channel
from simulators.ledger import Ledger
from simulators.outgoing import Outgoing


class Confirmations:
    """Writes confirmed reports to a ledger, and stops the run when it cannot.

    A ledger with gaps proves nothing, so going on without it would be worse than ending.

    Args:
        ledger: where to write; None to write nowhere.
        stop: set when the ledger cannot be written.
    """

    def __init__(self, ledger: Ledger | None, stop: asyncio.Event) -> None:
        self._ledger = ledger
        self._stop = stop
        self._failure: OSError | None = None

    def confirmed(self, outgoing: Outgoing) -> None:
        """Hear of a confirmed report or event; never raises, for paho calls it."""
        if self._ledger is None or outgoing.channel is not Channel.TELEMETRY or self._failure:
            return
        try:
            self._ledger.add((outgoing.key,))
        except OSError as error:
            self._failure = error
            self._stop.set()

    def check(self) -> None:
        """Raise what stopped the ledger, if anything did.

        Raises:
            OSError: the ledger could not be written.
        """
        if self._failure:
            raise self._failure
