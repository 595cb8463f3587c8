"""A stream: one connection, the devices it publishes for, and when."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final

from province.instants import format_instant, parse_instant
from runtime.broker.errors import BrokerUnreachableError
from runtime.clock import Clock
from simulators.ledger import Ledger
from simulators.load.publisher import IN_FLIGHT_LIMIT, PACKET_IDS, LoadPublisher
from simulators.load.template import FIRST_SEQ, PacketTemplate
from simulators.outgoing import ReportKey

_TICK: Final = timedelta(milliseconds=10)
"""Packets that fall due within one tick leave in one write, with one time."""


@dataclass(slots=True)
class Counts:
    """Packets of one stream.

    Attributes:
        late: the most that were due and could not be sent yet, at any moment: if it is not
            small, the load was not what was asked for.
    """

    sent: int = 0
    confirmed: int = 0
    late: int = 0


class Stream:
    """Publishes for its devices in turn.

    Args:
        templates: of its devices.
        reports: how many each packet holds, for the ledger.
        clock: gives the time that reports claim: that of their sending.
        ledger: where confirmed reports go; None to keep none.
    """

    def __init__(
        self,
        templates: Sequence[PacketTemplate],
        reports: int,
        clock: Clock,
        ledger: Ledger | None,
    ) -> None:
        self.counts = Counts()
        self._templates = templates
        self._reports = reports
        self._clock = clock
        self._ledger = ledger
        self._pending: dict[int, tuple[PacketTemplate, int, int]] = {}

    def confirmed(self, packet_ids: Sequence[int]) -> None:
        """Count confirmed packets and write their reports to the ledger."""
        self.counts.confirmed += len(packet_ids)
        if self._ledger is not None:
            self._ledger.add(
                ReportKey(template.device, _instant(milliseconds), template.boot_id, seq + number)
                for template, milliseconds, seq in map(self._pending.pop, packet_ids)
                for number in range(self._reports)
            )

    async def run_at(self, publisher: LoadPublisher, rate: float, seconds: float) -> None:
        """Publish `rate` packets a second for so long, whatever the broker confirms.

        An open loop: a broker that stalls meets the packets that fell due meanwhile.

        Raises:
            BrokerUnreachableError: the connection was lost.
        """
        loop = asyncio.get_running_loop()
        start = loop.time()
        total = round(rate * seconds)
        while self.counts.sent < total:
            due = min(total, int((loop.time() - start) * rate) + 1)
            missing = due - self.counts.sent
            room = IN_FLIGHT_LIMIT - publisher.in_flight
            self.counts.late = max(self.counts.late, missing - room)
            self._send(publisher, min(missing, room))
            await asyncio.sleep(_TICK.total_seconds())
            _check(publisher)

    async def run_flat_out(self, publisher: LoadPublisher, window: int, seconds: float) -> None:
        """Publish as fast as the broker confirms, so many ahead of it, for so long.

        Raises:
            BrokerUnreachableError: the connection was lost.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            # In halves of the window: a write per confirmation would cost most of the time.
            if window - publisher.in_flight >= window // 2:
                self._send(publisher, window - publisher.in_flight)
            publisher.progress.clear()
            await publisher.progress.wait()
            _check(publisher)

    async def drain(self, publisher: LoadPublisher) -> None:
        """Wait until everything is confirmed.

        Raises:
            BrokerUnreachableError: the connection was lost.
        """
        while publisher.in_flight:
            publisher.progress.clear()
            await publisher.progress.wait()
            _check(publisher)

    def _send(self, publisher: LoadPublisher, count: int) -> None:
        milliseconds = int(self._clock.now().timestamp() * 1000)
        templates, sent, reports = self._templates, self.counts.sent, self._reports
        packets = []
        for number in range(sent, sent + count):
            turn, place = divmod(number, len(templates))
            template = templates[place]
            seq = FIRST_SEQ + turn * reports
            packet_id = publisher.take_packet_id()
            packets.append(template.packet(PACKET_IDS[packet_id], milliseconds, seq))
            if self._ledger is not None:
                self._pending[packet_id] = (template, milliseconds, seq)
        if packets:
            publisher.write(b"".join(packets))
            self.counts.sent += count


# Packets of one write share their time, and confirmations come in the same order.
@lru_cache(maxsize=1024)
def _instant(milliseconds: int) -> str:
    return format_instant(parse_instant(milliseconds))


def _check(publisher: LoadPublisher) -> None:
    if publisher.lost.done():
        raise BrokerUnreachableError(f"connection lost: {publisher.lost.result()}")
