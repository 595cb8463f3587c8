"""Templates: a device's whole PUBLISH packet, with holes for packet id, time and number."""

import json
from typing import Final

from province.topics import Channel
from simulators.device import SimulatedDevice
from simulators.load.packets import publish_head
from simulators.outgoing import encode

FIRST_SEQ: Final = 1_000_000_000
"""Ten digits, and so are the nine thousand million after it: a packet never changes size."""

_MILLISECONDS_DIGITS: Final = 13
_SEQ_DIGITS: Final = 10
_HOLES: Final = b'"observed_at":%d,"seq":%d,'


class PacketTemplate:
    """Makes packets of one device; every packet holds the same number of reports.

    Args:
        device: whose values the reports carry: one sample of them, the same each time.
        reports: how many each packet holds.
    """

    def __init__(self, device: SimulatedDevice, reports: int) -> None:
        self.device = device.device.code
        self.boot_id = device.boot_id
        self._reports = reports
        body = json.loads(device.report(device.booted_at))
        del body["observed_at"], body["seq"]
        # The % of anything else would be taken for a hole.
        fixed = encode(body).removeprefix(b"{").replace(b"%", b"%%")
        report = b"{" + _HOLES + fixed
        payload = report if reports == 1 else b"[" + b",".join([report] * reports) + b"]"
        holes = reports * (_MILLISECONDS_DIGITS + _SEQ_DIGITS)
        size = len(payload.replace(b"%%", b"%").replace(b"%d", b"")) + holes
        head = publish_head(device.topics[Channel.TELEMETRY], size).replace(b"%", b"%%")
        self._packet = head + b"%b" + payload

    def packet(self, packet_id: bytes, milliseconds: int, seq: int) -> bytes:
        """Return a packet.

        Args:
            packet_id: two bytes.
            milliseconds: since 1970; the time of all its reports.
            seq: number of its first report, from `FIRST_SEQ` up.
        """
        if self._reports == 1:
            return self._packet % (packet_id, milliseconds, seq)
        holes: list[bytes | int] = [packet_id]
        for number in range(seq, seq + self._reports):
            holes += (milliseconds, number)
        return self._packet % tuple(holes)
