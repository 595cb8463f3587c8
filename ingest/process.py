"""A running process's own account of its messages, read from its /metrics.

What is committed is in the database; what is received and not yet committed only the process
knows.
"""

from dataclasses import dataclass
from typing import Final

import aiohttp

_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)


class ProcessError(Exception):
    """A process's metrics cannot be read; the message names the address."""


@dataclass(frozen=True, slots=True)
class Messages:
    """What became of the messages of one process since it started."""

    received: int
    settled: int
    in_flight: int
    dropped: int

    @property
    def balanced(self) -> bool:
        """Whether every message received is settled, in flight or dropped."""
        return self.received == self.settled + self.in_flight + self.dropped


_NAMES: Final = {
    "received": "srepok_ingest_messages_received_total",
    "settled": "srepok_ingest_messages_settled_total",
    "in_flight": "srepok_ingest_messages_in_flight",
    "dropped": "srepok_ingest_messages_dropped_total",
}


async def messages(address: str) -> Messages:
    """Read the messages of the process whose /metrics is at this address.

    Raises:
        ProcessError: nobody answers there, or not with the metrics of an ingest process.
    """
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as http,
            http.get(address, raise_for_status=True) as answer,
        ):
            text = await answer.text()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise ProcessError(f"{address}: {type(error).__name__}: {error}") from error
    return parse(text, address)


def parse(text: str, address: str) -> Messages:
    """Find the four counts in Prometheus text.

    Raises:
        ProcessError: one is missing.
    """
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    try:
        return Messages(**{field: int(float(values[name])) for field, name in _NAMES.items()})
    except KeyError as missing:
        raise ProcessError(f"{address}: no metric {missing}: not an ingest process?") from None
