"""A real Alertmanager: it starts, is found again, and ends."""

import json
import socket
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from deploy.alertmanager import Alertmanager, AlertmanagerOptions
from deploy.errors import PortTakenError, ServerError
from deploy.toolchain import Toolchain
from tests.servers import MakeAlertmanager

pytestmark = [pytest.mark.servers, pytest.mark.faults]


def test_it_starts_once_is_taken_over_and_stops(
    make_alertmanager: MakeAlertmanager, toolchain: Toolchain
) -> None:
    server = make_alertmanager()
    with urlopen(f"{server.url}/api/v2/status") as answer:  # noqa: S310 - our own server
        assert json.load(answer)["cluster"]["status"] == "disabled"
    pid = server.pid
    other = Alertmanager(toolchain, server.log.parent)
    other.start()
    assert other.pid == pid
    assert (other.status().pid, other.status().port) == (pid, server.port)
    other.stop()
    assert not server.running


def test_it_listens_on_this_machine_only(make_alertmanager: MakeAlertmanager) -> None:
    server = make_alertmanager()
    listening = [
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()
        if line.split()[1].endswith(f":{server.port:04X}") and line.split()[3] == "0A"
    ]
    assert listening == [f"0100007F:{server.port:04X}"]


def test_a_taken_port_is_said(make_alertmanager: MakeAlertmanager) -> None:
    server = make_alertmanager(start=False)
    server.log.parent.mkdir()
    with socket.create_server(("127.0.0.1", server.port)), pytest.raises(PortTakenError):
        server.start()


def test_what_it_does_not_understand_is_said_with_its_log(
    make_alertmanager: MakeAlertmanager,
) -> None:
    options = AlertmanagerOptions(webhook_url="no address", group_wait=timedelta(seconds=1))
    with pytest.raises(ServerError, match="unsupported scheme"):
        make_alertmanager(options)
