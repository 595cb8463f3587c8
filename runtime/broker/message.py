"""What a session delivers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Message:
    """One PUBLISH as it arrived.

    Not frozen only because a frozen dataclass costs four times as much to make, and one is
    made per message; nothing changes it.

    Attributes:
        epoch: which connection it came by; packet ids mean nothing outside their own.
        packet_id: what a PUBACK must name; 0 at QoS 0.
        received_at: our clock when it left the socket, before any queue.
        content_type: the MQTT 5 content type, if the publisher gave one.
    """

    epoch: int
    packet_id: int
    topic: str
    payload: bytes
    qos: int
    retain: bool
    received_at: datetime
    content_type: str | None = None
