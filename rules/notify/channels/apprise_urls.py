"""Apprise: Telegram, SMS gateways and a hundred more services; an optional extra."""

import importlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rules.incidents.record import IncidentRecord
from rules.notify.errors import ChannelError, MissingExtraError
from rules.notify.message import Writer
from rules.notify.model import Dispatch
from runtime.settings import SettingsError


class Apprise:
    """One or more of Apprise's addresses; with several, one that fails has all tried again.

    Args:
        urls: Apprise's addresses; they hold tokens.
        source: the setting and the file that they are from, for messages.
        writer: writes the text.

    Raises:
        MissingExtraError: the library is not installed.
        SettingsError: an address is none that the library knows.
    """

    refresh: timedelta | None = None

    def __init__(self, urls: Sequence[str], source: str, writer: Writer) -> None:
        self._writer = writer
        try:
            library = importlib.import_module("apprise")
        except ImportError:
            raise MissingExtraError(
                f"{source}: the library Apprise is not installed; get it with: "
                "pip install 'srepok[apprise]'"
            ) from None
        self._services: Any = library.Apprise()
        for number, url in enumerate(urls, 1):
            if not self._services.add(url):
                raise SettingsError(f"{source}: address {number} is none that Apprise knows")

    async def send(self, dispatch: Dispatch) -> None:
        """Send a message; see `Channel`."""
        message = self._writer.write(dispatch)
        if not await self._services.async_notify(title=message.title, body=message.text):
            raise ChannelError("Apprise could not deliver it to every address", uncertain=True)

    async def keep(self, records: Sequence[IncidentRecord], now: float) -> None:
        """Do nothing: who was told remembers."""

    async def close(self) -> None:
        """Do nothing: Apprise closes its own connections."""
