"""Files, locks, ports, passwords: what the servers' directories are kept by."""

import hashlib
import hmac
import io
import random
import socket
import stat
import threading
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.errors import PortTakenError
from deploy.files import keep_password, make_private_directory, read_tail, size, write_private
from deploy.locks import locked
from deploy.ports import check_free, choose_port, is_free, keep_port
from deploy.progress import Progress
from deploy.scram import scram_verifier
from deploy.status import ServerStatus, render
from tests.waiting import DEADLINE


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_private(path, "old")
    write_private(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_is_brought_to_its_mode(tmp_path: Path) -> None:
    make_private_directory(tmp_path / "open")
    (tmp_path / "open").chmod(0o755)
    make_private_directory(tmp_path / "open")
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o700


def test_a_password_is_made_once(tmp_path: Path) -> None:
    first = keep_password(tmp_path / "passwords/one")
    assert keep_password(tmp_path / "passwords/one") == first
    assert keep_password(tmp_path / "passwords/two") != first
    assert len(first) >= 43


def test_the_tail_of_a_log_begins_where_it_is_asked_to(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one\ntwo\nthree\n")
    assert read_tail(log, lines=2) == "two\nthree"
    assert read_tail(log, start=4) == "two\nthree"
    assert read_tail(tmp_path / "missing") == ""


def test_the_size_of_a_directory_is_that_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/one").write_bytes(b"x" * 10)
    (tmp_path / "a/b/two").write_bytes(b"x" * 5)
    assert size(tmp_path) == 15


def test_one_holds_a_lock_and_the_other_waits_for_it(tmp_path: Path) -> None:
    waiting, order = threading.Event(), []

    def second() -> None:
        with locked(tmp_path, waiting.set):
            order.append("second")

    with locked(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(DEADLINE)
        order.append("first")
    thread.join(DEADLINE)
    assert order == ["first", "second"]


def test_a_port_is_chosen_once_and_below_the_lent_ones(tmp_path: Path) -> None:
    port = keep_port(tmp_path / "port", random.Random(1))
    assert keep_port(tmp_path / "port", random.Random(2)) == port
    assert 20_000 <= port < 30_000


def test_a_taken_port_is_not_chosen() -> None:
    wanted = choose_port(random.Random(3))
    with socket.create_server(("127.0.0.1", wanted)):
        assert not is_free(wanted)
        assert choose_port(random.Random(3)) != wanted
        with pytest.raises(PortTakenError, match=rf"port {wanted} .*a server.*remove /x/port"):
            check_free(wanted, "a server", Path("/x/port"))


def test_a_verifier_is_that_of_the_scram_rfc() -> None:
    # The example of RFC 7677, section 3: user "user", password "pencil".
    nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    salt = "W22ZaJ0SNY7soEsUEjb6gQ=="
    exchange = f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s={salt},i=4096,c=biws,r={nonce}".encode()
    proof = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    signature = b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")

    verifier = scram_verifier("pencil", b64decode(salt))
    head, _, keys = verifier.rpartition("$")
    stored_key, server_key = map(b64decode, keys.split(":"))
    assert head == f"SCRAM-SHA-256$4096:{salt}"
    assert hmac.digest(server_key, exchange, "sha256") == signature
    mask = hmac.digest(stored_key, exchange, "sha256")
    client_key = bytes(one ^ other for one, other in zip(proof, mask, strict=True))
    assert hashlib.sha256(client_key).digest() == stored_key
    assert scram_verifier("pencil") != scram_verifier("pencil")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal_is_one_line_that_changes() -> None:
    stream = Terminal()
    progress = Progress(stream)
    for done in (1, 2):
        progress.update("unpacking", done, 2, "packages")
    progress.say("done")
    line = "\r\033[Kunpacking {}/2 packages"
    assert stream.getvalue() == line.format(1) + line.format(2) + "\ndone\n"


def test_progress_in_a_log_is_few_lines() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    for done in range(101):
        progress.update("downloading", done, 100, "MB")
    progress.update("unpacking", 0, 0)
    progress.close()
    lines = stream.getvalue().splitlines()
    assert lines == [*(f"downloading {n}/100 MB" for n in (0, 25, 50, 75, 100)), "unpacking 0/0"]


@pytest.mark.parametrize(
    ("uptime", "shown"),
    [
        (timedelta(seconds=61), "1m 1s"),
        (timedelta(hours=3, minutes=2), "3h 2m"),
        (timedelta(days=2, hours=4), "2d 4h"),
    ],
)
def test_the_status_shows_how_long_a_server_runs(
    uptime: timedelta, shown: str, tmp_path: Path
) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    (tmp_path / "data").write_bytes(b"x" * 2_500_000)
    table = render([ServerStatus("mosquitto", 7, now - uptime, 1883, tmp_path)], now)
    assert table.splitlines()[1].split("  ")[0] == "mosquitto"
    for cell in ("running", "7", "1883", shown, "2.5 MB", str(tmp_path)):
        assert cell in table


def test_the_status_shows_a_server_that_does_not_run(tmp_path: Path) -> None:
    table = render([ServerStatus("postgres", None, None, None, tmp_path)], datetime.now(UTC))
    assert "stopped" in table
