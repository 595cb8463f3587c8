"""A real Mosquitto: who may do what, and what outlives a stop or a kill."""

import base64
import os
import random
import socket
import stat
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import trustme

from deploy.errors import PortTakenError, ServerError
from deploy.mosquitto import Mosquitto
from deploy.mosquitto_options import MosquittoOptions, TlsListener
from deploy.mosquitto_users import SERVICES, hash_password
from deploy.ports import choose_port
from deploy.toolchain import Toolchain
from tests.servers import MakeMosquitto
from tests.waiting import DEADLINE

pytestmark = [pytest.mark.servers, pytest.mark.faults]

AREA = "srepok/v1/66/22015"
REFUSED = "Not authorized"


PATIENCE: Final = ("-W", "60")
"""How long a client waits for what must come."""


@dataclass(frozen=True)
class Clients:
    """mosquitto_pub and mosquitto_sub at one broker."""

    toolchain: Toolchain
    server: Mosquitto
    directory: Path

    def publish(self, user: str, topic: str, *options: str, password: str | None = None) -> str:
        """Publish at QoS 1; return what the client complained of, or nothing."""
        argv = ["/usr/bin/mosquitto_pub", *self._login(user, password), "-t", topic, "-q", "1"]
        return self._run([*argv, *(options or ("-m", "x"))]).stderr

    def read(self, user: str, topic: str, *options: str) -> str:
        """Return the messages that come until the client's options end it."""
        argv = ["/usr/bin/mosquitto_sub", *self._login(user, None), "-t", topic, "-q", "1"]
        return self._run([*argv, *options]).stdout

    def _login(self, user: str, password: str | None) -> list[str]:
        if password is None:
            is_service = user in SERVICES
            password = self.server.password_file(user).read_text().strip() if is_service else user
        port = str(self.server.port)
        return ["-V", "5", "-h", "127.0.0.1", "-p", port, "-u", user, "-P", password]

    def _run(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        command = self.toolchain.command(argv, cwd=self.directory)
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=DEADLINE
        )


@pytest.fixture
def server(make_mosquitto: MakeMosquitto) -> Mosquitto:
    """A broker with two devices, whose passwords are their names."""
    server = make_mosquitto()
    server.set_users({"one": "one", "two": "two"})
    return server


@pytest.fixture
def clients(toolchain: Toolchain, server: Mosquitto, tmp_path: Path) -> Clients:
    return Clients(toolchain, server, tmp_path)


@pytest.mark.parametrize("channel", ["telemetry", "telemetry-cbor", "status", "event"])
def test_a_device_writes_its_own_channels(channel: str, clients: Clients) -> None:
    assert clients.publish("one", f"{AREA}/one/{channel}") == ""


@pytest.mark.parametrize(
    "topic",
    [
        f"{AREA}/two/telemetry",
        f"{AREA}/one/two/telemetry",
        f"{AREA}/one/other",
        "srepok/v1/66/one/telemetry",
        "srepok/canary/ingest/one",
        "elsewhere",
    ],
)
def test_a_device_writes_nowhere_else(topic: str, clients: Clients) -> None:
    assert REFUSED in clients.publish("one", topic)


def test_a_device_reads_nothing(clients: Clients) -> None:
    retained = f"{AREA}/one/status"
    assert clients.publish("one", retained, "-m", "online", "-r") == ""
    assert clients.read("ingest", retained, "-C", "1", *PATIENCE) == "online\n"
    assert clients.read("one", retained, "-W", "1") == ""


@pytest.mark.parametrize(
    ("user", "topic", "complaint"),
    [
        ("fleet", f"{AREA}/any/telemetry", ""),
        ("gateway", f"{AREA}/any/event", ""),
        ("ingest", "srepok/canary/ingest/1", ""),
        ("ingest", f"{AREA}/one/telemetry", REFUSED),
        ("gateway", "srepok/canary/ingest/1", REFUSED),
        ("gateway", "spBv1.0/plant/NCMD/node", ""),
        ("health", f"{AREA}/one/telemetry", REFUSED),
    ],
)
def test_a_service_writes_what_it_is_for(
    user: str, topic: str, complaint: str, clients: Clients
) -> None:
    assert complaint in clients.publish(user, topic)
    assert bool(complaint) == bool(clients.publish(user, topic))


def test_the_gateway_hears_whatever_foreign_devices_publish(clients: Clients) -> None:
    for topic in ("spBv1.0/plant/NCMD/node", f"{AREA}/any/status"):
        assert clients.publish("gateway", topic, "-m", "heard", "-r") == ""
        assert clients.read("gateway", topic, "-C", "1", *PATIENCE) == "heard\n"


def test_ingest_reads_the_brokers_own_counters(clients: Clients) -> None:
    assert clients.read("ingest", "$SYS/broker/version", "-C", "1", *PATIENCE)


@pytest.mark.parametrize(("user", "password"), [("one", "wrong"), ("stranger", "one")])
def test_who_is_not_known_does_not_come_in(user: str, password: str, clients: Clients) -> None:
    assert REFUSED in clients.publish(user, f"{AREA}/one/telemetry", password=password)


def test_new_users_are_let_in_at_once_and_old_ones_are_not(
    clients: Clients, server: Mosquitto
) -> None:
    pid = server.pid
    server.set_users({"three": "three"})
    assert server.pid == pid
    assert clients.publish("three", f"{AREA}/three/telemetry") == ""
    assert REFUSED in clients.publish("one", f"{AREA}/one/telemetry")
    assert clients.publish("fleet", f"{AREA}/one/telemetry") == ""


def test_a_broker_is_not_told_of_users_that_it_has(clients: Clients, server: Mosquitto) -> None:
    server.set_users({"one": "one"})
    start = server.log.stat().st_size
    server.set_users({"one": "one"})
    assert clients.publish("one", f"{AREA}/one/telemetry") == ""
    assert b"Reloading" not in server.log.read_bytes()[start:]


def test_a_broker_answers_its_greeting_as_one_logs_in(server: Mosquitto) -> None:
    start = server.log.stat().st_size
    assert server.answers()
    assert b"u'health'" in server.log.read_bytes()[start:]


def test_users_stay_over_a_restart(clients: Clients, server: Mosquitto) -> None:
    server.restart()
    assert clients.publish("one", f"{AREA}/one/telemetry") == ""


def test_a_hash_is_what_mosquitto_passwd_makes(toolchain: Toolchain, tmp_path: Path) -> None:
    (tmp_path / "users").write_text("one:secret\n")
    toolchain.run(["/usr/bin/mosquitto_passwd", "-U", str(tmp_path / "users")], cwd=tmp_path)
    made = (tmp_path / "users").read_text().strip().removeprefix("one:")
    salt = made.split("$")[3]
    assert made.startswith("$7$101$"), "this Mosquitto hashes in another way by default"
    assert hash_password("secret", base64.b64decode(salt)) == made


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a/b", "+", "#", "$SYS", "a\nb", "ingest"])
def test_a_name_that_would_break_topics_or_files_is_refused(name: str, server: Mosquitto) -> None:
    with pytest.raises(ServerError, match=r"broker user .*the name"):
        server.set_users({name: "secret"})


def test_secrets_are_open_to_their_owner_only_and_hashed(server: Mosquitto) -> None:
    directory = server.log.parent
    names = ["users", "acl", "mosquitto.conf", "mosquitto.log", "passwords/ingest"]
    for path in [directory / name for name in names]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    password = server.password_file("ingest").read_text().strip()
    for name in names[:-1]:
        assert password not in (directory / name).read_text()
    assert password not in server.url("ingest")
    assert password in server.url("ingest", with_password=True)


def queue_for_ingest(clients: Clients, session: str, count: int) -> None:
    """Leave a session behind, with this many messages waiting for it."""
    options = ["-c", "-i", session, "-x", "3600"]
    clients.read("ingest", f"{AREA}/#", *options, "-E")
    for number in range(count):
        assert clients.publish("one", f"{AREA}/one/telemetry", "-m", f"{number}") == ""


def fetch_for_ingest(clients: Clients, session: str, count: int) -> str:
    options = ["-c", "-i", session, "-x", "3600", "-C", str(count), *PATIENCE]
    return clients.read("ingest", f"{AREA}/#", *options)


def test_what_waits_for_a_session_outlives_a_stop(clients: Clients, server: Mosquitto) -> None:
    queue_for_ingest(clients, "away", 3)
    server.restart()
    assert fetch_for_ingest(clients, "away", 3) == "0\n1\n2\n"


def test_what_was_saved_outlives_a_kill(
    make_mosquitto: MakeMosquitto, toolchain: Toolchain, tmp_path: Path
) -> None:
    server = make_mosquitto(MosquittoOptions(autosave_changes=1))
    server.set_users({"one": "one"})
    clients = Clients(toolchain, server, tmp_path)
    queue_for_ingest(clients, "away", 3)
    server.kill()
    assert not server.running
    server.start()
    assert fetch_for_ingest(clients, "away", 3).startswith("0\n")


def test_without_persistence_a_restart_forgets(
    make_mosquitto: MakeMosquitto, toolchain: Toolchain, tmp_path: Path
) -> None:
    server = make_mosquitto(MosquittoOptions(persistence=False))
    server.set_users({"one": "one"})
    clients = Clients(toolchain, server, tmp_path)
    clients.publish("one", f"{AREA}/one/status", "-m", "online", "-r")
    server.restart()
    assert clients.read("ingest", f"{AREA}/one/status", "-W", "1") == ""


def test_a_device_connects_by_tls(
    make_mosquitto: MakeMosquitto, toolchain: Toolchain, tmp_path: Path
) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    certificate, key, trusted = (tmp_path / name for name in ("chain.pem", "key.pem", "ca.pem"))
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(trusted))
    tls = TlsListener(choose_port(random.SystemRandom()), certificate, key)
    server = make_mosquitto(MosquittoOptions(tls=tls))
    server.set_users({"one": "one"})
    clients = Clients(toolchain, server, tmp_path)
    by_tls = ("-p", str(tls.port), "--cafile", str(trusted), "-m", "x")
    assert clients.publish("one", f"{AREA}/one/telemetry", *by_tls) == ""
    assert clients.publish("one", f"{AREA}/one/telemetry", "-p", str(tls.port), "-m", "x") != ""


def test_a_start_takes_a_running_broker_over(server: Mosquitto, toolchain: Toolchain) -> None:
    again = Mosquitto(toolchain, server.log.parent)
    again.start()
    assert again.pid == server.pid
    again.stop()
    assert not server.running
    assert server.status().port == again.port


def test_a_kill_is_survived(server: Mosquitto) -> None:
    pid = server.pid
    server.kill()
    assert server.pid is None
    server.start()
    assert server.pid not in {None, pid}


def test_a_process_of_another_directory_is_not_ours(
    server: Mosquitto, toolchain: Toolchain, tmp_path: Path
) -> None:
    other = Mosquitto(toolchain, tmp_path / "other")
    assert not other.running
    other.kill()
    other.stop()
    assert server.running


def test_a_taken_port_is_named_with_the_remedy(server: Mosquitto) -> None:
    server.stop()
    with (
        socket.create_server(("127.0.0.1", server.port)),
        pytest.raises(PortTakenError, match=rf"port {server.port} .*Mosquitto.*remove .*/port"),
    ):
        server.start()


def test_a_broker_that_cannot_start_shows_its_log(make_mosquitto: MakeMosquitto) -> None:
    server = make_mosquitto(MosquittoOptions(extra=("no_such_setting 1",)), start=False)
    with pytest.raises(ServerError, match=r"(?s)ended and did not take connections.*no_such_sett"):
        server.start()


def test_a_reload_of_a_broker_that_does_not_run_is_refused(server: Mosquitto) -> None:
    server.stop()
    with pytest.raises(ServerError, match="does not run"):
        server.reload()


def test_an_unknown_service_has_no_password(server: Mosquitto) -> None:
    with pytest.raises(ServerError, match="broker user 'nobody' has no password file"):
        server.url("nobody", with_password=True)


def test_the_configuration_of_a_newer_mosquitto_uses_its_database(tmp_path: Path) -> None:
    options = MosquittoOptions(autosave_after=timedelta(seconds=1))
    text = options.render(tmp_path, 1883, sqlite=True)
    assert "plugin_opt_flush_period 0" in text
    assert "autosave" not in text
    assert "persistence true" not in text


def test_a_broker_goes_on_without_the_one_who_started_it(server: Mosquitto) -> None:
    assert server.pid is not None
    assert os.getsid(server.pid) != os.getsid(0)
