"""Bodies of requests: read within a bound and a time, and unpacked within the same bound."""

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from aiohttp import HttpVersion11, web

from gateway.problems.kinds import UNSUPPORTED
from gateway.problems.problem import MALFORMED, TOO_LARGE, Problem, unavailable

_GZIP: Final = 31
"""For zlib: a gzip header, and the largest window."""


class Arrivals:
    """Bodies that are on their way, for which a stop does not wait.

    Attributes:
        are_over: the gateway is stopping.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Timeout] = set()
        self.are_over = False

    @contextmanager
    def waiting(self, patience: asyncio.Timeout) -> Iterator[None]:
        """Count a body as on its way while inside; a stop ends the patience with it."""
        self._waiting.add(patience)
        if self.are_over:
            patience.reschedule(asyncio.get_running_loop().time())
        try:
            yield
        finally:
            self._waiting.discard(patience)

    async def end(self, _app: web.Application) -> None:
        """Wait for no body any more."""
        self.are_over = True
        for patience in self._waiting:
            if not patience.expired():
                patience.reschedule(asyncio.get_running_loop().time())


ARRIVALS: Final = web.AppKey("arrivals", Arrivals)


def install_arrivals(app: web.Application) -> None:
    """Have a stop of the application end the wait for bodies."""
    app[ARRIVALS] = Arrivals()
    app.on_shutdown.append(app[ARRIVALS].end)


async def expect_later(request: web.Request) -> None:
    """Send no 100 yet: who may not come in, or sends too much, need not send it at all."""


async def read_body(request: web.Request, most: int, within: timedelta) -> bytes:
    """Return the body, unpacked if it is packed.

    Args:
        request: whose body was not read yet; aiohttp must not unpack it by itself.
        most: bytes, packed and unpacked.
        within: the time it may take to arrive.

    Raises:
        Problem: too large, too slow, not what it says it is, or packed otherwise than by gzip.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise Problem(UNSUPPORTED, f"Content-Encoding {encoding[:40]!r}: only gzip is understood")
    length = request.content_length
    if length is not None and length > most:
        raise too_large(f"{length} bytes; at most {most}")
    body = await _read(request, within)
    if len(body) > most:
        raise too_large(f"{len(body)} bytes; at most {most}")
    return unpack(body, most) if encoding == "gzip" else body


async def _read(request: web.Request, within: timedelta) -> bytes:
    arrivals = request.app[ARRIVALS]
    try:
        async with asyncio.timeout(within.total_seconds()) as patience:
            with arrivals.waiting(patience):
                await _ask_for_it(request)
                return await request.read()
    except TimeoutError:
        # What of it is still to come would be taken for the next request.
        request.protocol.close()
        if arrivals.are_over:
            raise unavailable("this gateway is stopping") from None
        raise Problem(MALFORMED, f"the body did not arrive within {within}") from None


async def _ask_for_it(request: web.Request) -> None:
    """Tell a sender that waits for it to send the body."""
    waits = request.headers.get("Expect", "").strip().lower() == "100-continue"
    if waits and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # It is no part of the answer, of which nothing is out yet.
        request.writer.output_size = 0


def unpack(packed: bytes, most: int) -> bytes:
    """Return what gzip packed, never making more of it than the bound and a byte.

    Raises:
        Problem: it is more, or not whole, or no gzip.
    """
    unpacked = bytearray()
    while True:
        stream = zlib.decompressobj(_GZIP)
        try:
            unpacked += stream.decompress(packed, most - len(unpacked) + 1)
        except zlib.error as error:
            raise Problem(MALFORMED, f"the body is not gzip: {error}") from None
        if len(unpacked) > most:
            raise too_large(f"more than {most} bytes, unpacked")
        if not stream.eof:
            raise Problem(MALFORMED, "the body is not gzip: it breaks off")
        packed = stream.unused_data
        if not packed:
            return bytes(unpacked)


def too_large(what: str) -> Problem:
    """Return the problem of a body over its bound; `what` says by what, and the bound."""
    return Problem(TOO_LARGE, f"the body is too large: {what}")
