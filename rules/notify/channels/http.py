"""HTTP for channels: one POST, no redirects, and errors that hold no address."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from io import BytesIO
from typing import Final

from aiohttp import BasicAuth, ClientConnectorError, ClientError, ClientSession, ClientTimeout
from yarl import URL

from rules.notify.addresses import PrivateAddressError, check_literal, make_connector
from rules.notify.errors import ChannelError
from runtime.clock import Clock

_NO_LIMIT: Final = ClientTimeout(total=None)
"""Whoever sends sets the limit, around everything."""


class Poster:
    """Posts bytes to addresses.

    Args:
        private_addresses: they may be private.
        clock: tells the time, for answers that name one.
        auth: of every request.
    """

    def __init__(
        self, clock: Clock, *, private_addresses: bool, auth: BasicAuth | None = None
    ) -> None:
        self._clock = clock
        self._private = private_addresses
        self._auth = auth
        self._session: ClientSession | None = None

    async def post(self, url: URL, body: bytes, headers: Mapping[str, str]) -> None:
        """Post; return when the receiver has accepted it.

        Raises:
            ChannelError: it was not accepted; the message does not name the address.
        """
        try:
            if not self._private:
                check_literal(url)
            async with self._open().post(
                url,
                # As a file: aiohttp sends a digest of megabytes piece by piece then.
                data=BytesIO(body),
                headers={"Content-Type": "application/json", **headers},
                allow_redirects=False,
            ) as answer:
                if not HTTPStatus(200) <= answer.status < HTTPStatus(300):
                    wait = self._retry_after(answer.headers.get("Retry-After", ""))
                    raise ChannelError(f"answered HTTP {answer.status}", retry_after=wait)
        except PrivateAddressError as error:
            raise ChannelError(str(error)) from None
        except ClientConnectorError as error:
            inner = error.os_error
            if isinstance(inner, PrivateAddressError):
                raise ChannelError(str(inner)) from None
            said = inner.strerror or type(inner).__name__
            raise ChannelError(f"cannot be reached: {said}") from None
        except (ClientError, OSError) as error:
            raise ChannelError(f"broke off: {type(error).__name__}", uncertain=True) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=make_connector(private_addresses=self._private),
                timeout=_NO_LIMIT,
                auth=self._auth,
                # A receiver has no business giving us cookies, or encodings to unpack.
                headers={"User-Agent": "srepok", "Accept-Encoding": "identity"},
            )
        return self._session

    def _retry_after(self, text: str) -> timedelta | None:
        if text.isascii() and text.isdecimal():
            return timedelta(seconds=min(int(text), 86_400))
        try:
            return parsedate_to_datetime(text) - self._clock.now()
        except (ValueError, TypeError):
            return None
