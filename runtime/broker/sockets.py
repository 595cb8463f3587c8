"""A paho client's socket on the running event loop: watched, left alone, and watched again."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client


class SocketWatch:
    """Has the running event loop read and write one client's socket, whenever it has one.

    Args:
        client: it is connected in a thread of its own; everything after that happens here.
        readable: reads; called whenever there is something to be read.
    """

    def __init__(self, client: Client, readable: Callable[[], None]) -> None:
        self._client = client
        self._readable = readable
        self._reading = self._writing = True
        self._loop = asyncio.get_running_loop()
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_register_write
        client.on_socket_unregister_write = self._on_unregister_write

    @property
    def frozen(self) -> bool:
        """Whether the socket is left alone."""
        return not self._writing

    def stop_reading(self) -> None:
        """Read nothing more; what we write still goes out."""
        self._reading = False
        sock = self._client.socket()
        if sock is not None:
            self._loop.remove_reader(sock)

    def read_again(self) -> None:
        """Read whenever there is something to be read."""
        self._reading = True
        sock: Any = self._client.socket()
        if sock is not None:
            self._watch(sock)

    def freeze(self) -> None:
        """Leave the socket alone, open as it is: as if nothing got through any more."""
        self._writing = False
        self.stop_reading()
        sock = self._client.socket()
        if sock is not None:
            self._loop.remove_writer(sock)

    def thaw(self) -> None:
        """Look after the socket again; if the broker has closed it, that is seen now."""
        self._writing = True
        self.read_again()
        sock: Any = self._client.socket()
        if sock is not None:
            self._watch_writable(sock)

    def _on_socket_open(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        # Called in the connecting thread.
        self._loop.call_soon_threadsafe(self._watch, sock)

    def _watch(self, sock: socket.socket) -> None:
        if self._client.socket() is sock and self._reading:
            self._loop.add_reader(sock, self._readable)

    def _on_socket_close(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)

    def _on_register_write(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        # The first write, of CONNECT, is asked for in the connecting thread.
        self._loop.call_soon_threadsafe(self._watch_writable, sock)

    def _watch_writable(self, sock: socket.socket) -> None:
        wanted = self._writing and self._client.want_write()
        if self._client.socket() is sock and wanted:
            self._loop.add_writer(sock, self._client.loop_write)

    def _on_unregister_write(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        self._loop.remove_writer(sock)
