"""What a device has to say, until the broker has confirmed it."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from province.topics import Channel


class ReportKey(NamedTuple):
    """What tells a report from every other: its idempotency key, as the ledger writes it."""

    device: str
    observed_at: str
    boot_id: int
    seq: int


@dataclass(slots=True)
class Outgoing:
    """One report or event on its way.

    Attributes:
        topic: where it goes.
        channel: telemetry or event.
        key: what tells it from every other.
        text: its JSON, an object.
        late: the device was offline meanwhile, or the connection that carried it ended
            before the broker confirmed it: it goes as backfill, for it proves that the
            device lived but not that its link did.
    """

    topic: str
    channel: Channel
    key: ReportKey
    text: str
    late: bool = False

    def payload(self) -> bytes:
        """Return what is sent."""
        late = self.late and self.channel is Channel.TELEMETRY
        return (as_backfill(self.text) if late else self.text).encode()


def as_backfill(report: str) -> str:
    """Return the JSON of a report with its `backfill` set."""
    return report if '"backfill":true' in report else f'{{"backfill":true,{report[1:]}'


def encode(body: Mapping[str, Any]) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()


class Outbox:
    """What waits to be sent and what waits to be confirmed; bounded, oldest dropped first.

    Args:
        capacity: how many may wait, sent or not; a device's memory is small.
        window: how many may be sent and unconfirmed at a time.
    """

    def __init__(self, capacity: int, window: int) -> None:
        self._capacity = capacity
        self.window = window
        self._waiting: deque[Outgoing] = deque()
        self._in_flight: dict[int, Outgoing] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting) + len(self._in_flight)

    def append(self, outgoing: Outgoing) -> None:
        """Add one; at capacity the oldest that is not under way is dropped and counted."""
        self._waiting.append(outgoing)
        if len(self) > self._capacity:
            self._waiting.popleft()
            self.dropped += 1

    def next(self) -> Outgoing | None:
        """Return what may be sent now, if anything; then call `sent` or leave it there."""
        if not self._waiting or len(self._in_flight) >= self.window:
            return None
        return self._waiting[0]

    def sent(self, packet_id: int) -> None:
        """Note that what `next` returned is under way."""
        self._in_flight[packet_id] = self._waiting.popleft()

    def confirmed(self, packet_id: int) -> Outgoing | None:
        """Forget one that the broker has taken; None if the packet was none of ours."""
        return self._in_flight.pop(packet_id, None)

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._in_flight.clear()

    def connection_lost(self) -> None:
        """Put what was not confirmed back in front, in order, to be sent again as late."""
        again = list(self._in_flight.values())
        self._in_flight.clear()
        for outgoing in (*again, *self._waiting):
            outgoing.late = True
        self._waiting.extendleft(reversed(again))
