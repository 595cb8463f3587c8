"""The wire: a paho client's socket on the running event loop, and a way to hold it back."""

import asyncio
from collections.abc import Callable
from typing import Final

from runtime.broker.client import BufferedClient
from runtime.broker.sockets import SocketWatch

_TICK_SECONDS: Final = 1.0
_MANY: Final = 16
_REST_SECONDS: Final = 0.002


class Wire:
    """Reads and writes one client's socket on the running event loop.

    Args:
        client: it is connected in a thread of its own; everything after that happens here.
        before_read: called before each read, so that what it brings can be given a time.
        failed: called when what came cannot be read; must end the connection.
        unconfirmed: how many publishes of ours wait for their confirmation.
    """

    def __init__(
        self,
        client: BufferedClient,
        before_read: Callable[[], None],
        failed: Callable[[str], None],
        unconfirmed: Callable[[], int] = lambda: 0,
    ) -> None:
        self._client = client
        self._before_read = before_read
        self._failed = failed
        self._unconfirmed = unconfirmed
        self._loop = asyncio.get_running_loop()
        self._watch = SocketWatch(client, self._readable)

    def tick(self) -> None:
        """Keep the connection alive for as long as it has a socket; call once it has one."""
        if self._client.socket() is None:
            return
        if self._client.paused:
            # Answers to our pings wait unread, so silence proves nothing. A broker that is gone
            # shows when the kernel gives up on the pings themselves.
            self._client.excuse_silence()
        self._client.loop_misc()
        self._loop.call_later(_TICK_SECONDS, self.tick)

    def pause(self) -> None:
        """Handle and read nothing more; what we write still goes out."""
        self._client.paused = True
        self._watch.stop_reading()

    def resume(self) -> None:
        """Go on where the pause began."""
        self._client.paused = False
        self._watch.read_again()
        # Whole packets may have been read already; the selector knows nothing of them.
        self._loop.call_soon(self._readable)

    def _readable(self) -> None:
        if self._client.paused or self._client.socket() is None:
            return
        self._before_read()
        try:
            more = self._client.read()
        except Exception as error:  # noqa: BLE001 - whatever a packet did, end this connection
            self._failed(f"cannot read what the broker sent: {error!r}")
            return
        if more:
            # TLS may have decrypted what is still to be read, unseen by the selector.
            self._loop.call_soon(self._readable)
        elif self._unconfirmed() >= _MANY and not self._client.paused:
            # The broker sends each confirmation by itself. Whoever wakes for each keeps it from
            # the next one, and wakes a thousand times for a thousand of them.
            self._watch.stop_reading()
            self._loop.call_later(_REST_SECONDS, self._read_on)

    def _read_on(self) -> None:
        if not self._client.paused:
            self._watch.read_again()
