"""How a session is kept and bounded."""

from dataclasses import dataclass, field
from datetime import timedelta

from runtime.backoff import BackoffPolicy


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How a session is kept and bounded.

    Attributes:
        client_id: the session's name at the broker; stable, and used by one process only.
        filters: topic filters to subscribe to, at QoS 1.
        session_expiry: how long the broker keeps session and queue while we are away.
        receive_maximum: how many unacknowledged messages the broker may have under way.
        in_flight_bytes: our own bound on their payloads. Past it, or past the count by a
            margin, nothing more is read until half of it is acknowledged. To end the
            connection instead would never end: Mosquitto sends all that was under way again,
            whatever receive maximum the next connection names.
        maximum_packet_size: larger packets are not sent to us, so keep it at the broker's
            own limit: what is too large must be refused where the publisher sees it.
        keepalive: the broker drops us after 1.5 times this silence.
        connect_timeout: for TCP, TLS and CONNACK each.
        settled: a connection that lasted this long resets the back-off.
        regrow_after: how long a lowered receive maximum is kept before more is tried.
    """

    client_id: str
    filters: tuple[str, ...] = ()
    session_expiry: timedelta = timedelta(days=7)
    receive_maximum: int = 4000
    in_flight_bytes: int = 64 * 1024 * 1024
    maximum_packet_size: int = 262_144
    keepalive: timedelta = timedelta(seconds=30)
    connect_timeout: timedelta = timedelta(seconds=5)
    settled: timedelta = timedelta(seconds=10)
    regrow_after: timedelta = timedelta(minutes=1)
    backoff: BackoffPolicy = field(default_factory=BackoffPolicy)

    @property
    def in_flight_limit(self) -> int:
        """The unacknowledged count at which a broker is seen to ignore the receive maximum."""
        return self.receive_maximum + self.receive_maximum // 4 + 1

    @property
    def least_receive_maximum(self) -> int:
        """So many messages fit the bound however large each is."""
        fitting = max(1, self.in_flight_bytes // self.maximum_packet_size)
        return min(self.receive_maximum, fitting)
