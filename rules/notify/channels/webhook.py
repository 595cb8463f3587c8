"""Webhook: a message as signed JSON."""

from collections.abc import Sequence
from datetime import timedelta

from yarl import URL

from rules.incidents.record import IncidentRecord
from rules.notify.channels.http import Poster
from rules.notify.message import Writer
from rules.notify.model import Dispatch
from rules.notify.payload import dispatch_json
from rules.notify.signing import signature_headers
from runtime.clock import Clock


class Webhook:
    """One address that messages are posted to.

    Args:
        url: where to; it may be a secret.
        keys: each signs.
        poster: sends.
        writer: writes the text for people.
        clock: tells the time of the attempt.
    """

    refresh: timedelta | None = None

    def __init__(
        self, url: str, keys: Sequence[bytes], poster: Poster, writer: Writer, clock: Clock
    ) -> None:
        self._url = URL(url)
        self._keys = tuple(keys)
        self._poster = poster
        self._writer = writer
        self._clock = clock

    async def send(self, dispatch: Dispatch) -> None:
        """Post a message; see `Channel`."""
        body = dispatch_json(dispatch, self._writer.write(dispatch), self._writer)
        at = self._clock.now().timestamp()
        headers = signature_headers(self._keys, dispatch.key, at, body)
        await self._poster.post(self._url, body, headers)

    async def keep(self, records: Sequence[IncidentRecord], now: float) -> None:
        """Do nothing: who was told remembers."""

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()
