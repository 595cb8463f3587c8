"""A TCP proxy that misbehaves on request: the network, as far as a test needs one."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Final, Self

_SILENCE_SECONDS: Final = 0.02


class FaultProxy:
    """Forwards connections to a target until told otherwise.

    Attributes:
        coalesce_bytes: towards the client, collect so much (or until 20 ms of silence) and
            write it at once; with TLS that puts many packets into one record.
        cut_after_bytes: end each connection once so many bytes went to the target.
        accepted: connections taken so far.
    """

    def __init__(
        self, host: str, port: int, *, tls: ssl.SSLContext | None = None, coalesce_bytes: int = 0
    ) -> None:
        self.coalesce_bytes = coalesce_bytes
        self.cut_after_bytes: int | None = None
        self.accepted = 0
        self._target = (host, port)
        self._tls = tls
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    @property
    def port(self) -> int:
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def hold(self) -> None:
        """Keep sockets open and forward nothing: a half-open connection."""
        self._flowing.clear()

    def flow(self) -> None:
        """Forward again."""
        self._flowing.set()

    def cut(self) -> None:
        """End every connection at once."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            target_reader, target_writer = await asyncio.open_connection(*self._target)
            self._writers.add(target_writer)
            await asyncio.gather(
                self._pump(reader, target_writer, self._plain(reader)),
                self._pump(target_reader, writer, self._coalesced(target_reader)),
            )
        writer.transport.abort()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        chunks: AsyncIterator[bytes],
    ) -> None:
        with contextlib.suppress(OSError):
            async for chunk in chunks:
                await self._flowing.wait()
                writer.write(chunk)
                await writer.drain()
        writer.close()
        reader.feed_eof()

    async def _plain(self, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        sent = 0
        while chunk := await reader.read(65_536):
            yield chunk
            sent += len(chunk)
            if self.cut_after_bytes is not None and sent >= self.cut_after_bytes:
                self.cut()
                return

    async def _coalesced(self, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        kept = b""
        ended = False
        while not ended:
            try:
                async with asyncio.timeout(_SILENCE_SECONDS if kept else None):
                    chunk = await reader.read(65_536)
                ended = not chunk
                kept += chunk
            except TimeoutError:
                chunk = b""
            if len(kept) >= self.coalesce_bytes or not chunk:
                yield kept
                kept = b""
