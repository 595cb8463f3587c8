"""paho's client, which can be asked whether the broker has read what was sent."""

from collections.abc import Callable

from paho.mqtt import client as mqtt
from paho.mqtt.enums import MQTTErrorCode


class AskingClient(mqtt.Client):
    """A client that leaves nothing unread behind: ask before DISCONNECT.

    A socket that is closed while an answer is on its way is reset, and takes with it what the
    broker has not read yet, the DISCONNECT among it. A ping is answered behind all that was sent
    before.
    """

    _pings: int = 0
    _read_up_to_here: Callable[[], None] | None = None

    def ask_whether_read(self, answered: Callable[[], None]) -> None:
        """Have `answered` called once the broker has read all that was sent so far."""
        self._read_up_to_here = answered
        self._send_pingreq()

    def _send_pingreq(self) -> MQTTErrorCode:
        self._pings += 1
        return super()._send_pingreq()

    def _handle_pingresp(self) -> MQTTErrorCode:
        self._pings -= 1
        # Answers come in the order of the questions: this is the newest one's.
        if not self._pings and self._read_up_to_here:
            self._read_up_to_here()
        return super()._handle_pingresp()
