"""Our services as processes: started, killed, started again, and heard."""

import os
import signal
import socket
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

import pytest

from deploy.errors import ServerError
from deploy.ports import answers, choose_port
from deploy.services import ProbedService, Service
from tests.waiting import DEADLINE, eventually

SPEAKS = """\
import json, subprocess, sys, time
print(json.dumps({"timestamp": "2026-11-25T17:08:55Z", "level": "error", "event": "no disk",
    "service": "x", "module": "x", "path": "/var", "exception": "Traceback\\nOSError: full"}),
    flush=True)
print("plain words", flush=True)
"""
CHILD = 'child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])\n'
SERVES = """\
import http.server, os
http.server.HTTPServer.allow_reuse_address = True
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path in ("/healthz", "/readyz") else 404)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["X_PROBE_PORT"])), Handler).serve_forever()
"""


def group(leader: int) -> list[int]:
    """Return the live processes of a session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        # Others come and go meanwhile.
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == leader and fields[0] != "Z":
                found.append(int(entry.name))
    return found


async def test_a_killed_service_is_started_again_without_what_it_left_behind(
    tmp_path: Path,
) -> None:
    log = tmp_path / "x.log"
    service = Service("x", ["-c", SPEAKS + CHILD + "time.sleep(600)"], {}, log)
    service.start()
    try:
        # It speaks before it has its child.
        await eventually(lambda: pairs() != [])
        assert b"plain" in log.read_bytes()
        (entry,) = pairs()
        assert service.how_it_ended() is None
        assert service.ready()
        os.kill(entry, signal.SIGKILL)
        await eventually(lambda: service.how_it_ended() == "was killed by signal 9")
        assert len(group(entry)) == 1
        service.start()
        await eventually(lambda: group(entry) == [])
        assert service.how_it_ended() is None
    finally:
        service.kill()


def pairs() -> list[int]:
    """Return our children that lead a session of two."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if len(group(int(pid))) == 2]


async def test_the_last_words_of_a_service_are_for_a_person(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("words of an earlier life\n")
    service = Service("x", ["-c", SPEAKS + "sys.exit(3)"], {}, log)
    service.start()
    await eventually(lambda: service.how_it_ended() == "ended with exit code 3")
    said = service.last_words().splitlines()
    assert [line.partition(" error")[2] for line in said] == [
        ": no disk  path=/var  OSError: full",
        "",
    ]
    assert said[1] == "  plain words"
    with pytest.raises(ServerError, match=r"x ended with exit code 3\. Its log, .*, ends:\n  "):
        service.check()


def test_probes_stand_at_the_same_port_after_each_start(tmp_path: Path) -> None:
    service = ProbedService("x", ["-c", SERVES], {}, tmp_path)
    port = service.port
    try:
        for _ in range(2):
            service.start()
            service.wait_until_ready(DEADLINE)
            assert (service.answers(), service.ready(), service.port) == (True, True, port)
            service.kill()
            assert not service.answers()
    finally:
        service.kill()


def test_a_program_that_hangs_does_not_answer_though_one_can_connect() -> None:
    port = choose_port(SystemRandom())
    with socket.create_server(("127.0.0.1", port)) as hanging:
        assert not answers(port, b"hello", 0.05)
        hanging.settimeout(DEADLINE)
        hanging.accept()[0].close()
