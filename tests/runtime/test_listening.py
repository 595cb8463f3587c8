"""Listening: where nobody else does, and what is said where somebody does."""

import re
import socket

import pytest

from runtime.listening import ListenError, listen


def test_a_port_that_is_taken_is_named_with_its_address_and_settings() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = f"cannot listen at 127.0.0.1 port {port} (X_HOST, X_PORT): another program does"
        with pytest.raises(ListenError, match=re.escape(told)):
            listen("127.0.0.1", port, "X_HOST, X_PORT")


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(ListenError, match=r"192\.0\.2\.1 port 0 .*this machine has no such addr"):
        listen("192.0.2.1", 0, "X_HOST, X_PORT")


def test_whoever_connects_before_anybody_is_served_waits() -> None:
    (opened,) = listen("127.0.0.1", 0, "X_HOST, X_PORT")
    with opened, socket.create_connection(opened.getsockname(), 5) as client:
        client.sendall(b"x")
        accepted, _ = opened.accept()
        with accepted:
            assert accepted.recv(1) == b"x"
