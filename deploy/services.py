"""Our own services as processes of the demo: started, watched, and stopped in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.errors import ServerError
from deploy.files import read_tail
from deploy.pulse import fetch

CHECKOUT: Final = Path(__file__).parents[1]
"""Where the services' packages are."""

_OURS: Final = ("DATABASE_", "MQTT_", "INGEST_", "RULES_", "SIMULATORS_", "LOG_")

_OK: Final = 200
_LOOK_SECONDS: Final = 0.05


def service_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with exactly these settings for our services."""
    rest = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
    return {**rest, **variables}


def run_step(command: Sequence[str], variables: Mapping[str, str]) -> str:
    """Run one of our commands to its end; return what it printed.

    Raises:
        ServerError: it failed; the message has what it said.
    """
    answer = subprocess.run(
        [sys.executable, *command],
        cwd=CHECKOUT,
        env=service_environment(variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        said = answer.stderr.strip() or answer.stdout.strip() or "(it said nothing)"
        raise ServerError(f"python {' '.join(command)} failed:\n{said}")
    return answer.stdout


class Service:
    """A service of ours that runs beside the demo.

    Args:
        name: for messages and the log file's name.
        command: behind the interpreter.
        variables: its settings.
        log: its output goes to this file.
    """

    def __init__(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self._log_start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            # A session of its own: Ctrl-C reaches the demo alone, which stops us in order.
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=CHECKOUT,
                env=service_environment(variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def check(self) -> None:
        """Make sure that it runs.

        Raises:
            ServerError: it has ended; the message ends with its last log lines.
        """
        code = self._process.poll()
        if code is not None:
            said = read_tail(self.log, self._log_start)
            raise ServerError(
                f"{self.name} ended with exit code {code}. Its log, {self.log}, ends:\n{said}"
            )

    def stop(self, timeout_seconds: float) -> bool:
        """Ask it to stop and wait; kill it when the time is up; return whether it ended well."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout_seconds) == 0
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False


class ProbedService(Service):
    """A service of ours that says when it is ready.

    Args:
        name: for messages, and the prefix of its settings.
        command: behind the interpreter.
        variables: its settings, save those of the probes.
        directory: its log and the file with its probes' port go here.
    """

    def __init__(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], directory: Path
    ) -> None:
        self._port_file = directory / f"{name}-probe-port"
        self._port_file.unlink(missing_ok=True)
        probes = {
            f"{name.upper()}_PROBE_PORT": "0",
            f"{name.upper()}_PROBE_PORT_FILE": str(self._port_file),
        }
        super().__init__(name, command, {**variables, **probes}, directory / f"{name}.log")

    def wait_until_ready(self, timeout_seconds: float) -> int:
        """Wait for `/readyz` to say so; return the port of the probes.

        Raises:
            ServerError: it has ended, or is not ready in time; the message has what is missing.
        """
        deadline = time.monotonic() + timeout_seconds
        status, said, port = 0, "", ""
        while status != _OK:
            self.check()
            if time.monotonic() > deadline:
                raise ServerError(f"{self.name} is not ready after {timeout_seconds} s: {said}")
            time.sleep(_LOOK_SECONDS)
            if self._port_file.exists():
                port = self._port_file.read_text(encoding="utf-8").strip()
                status, said = fetch(int(port), "readyz")
        return int(port)
