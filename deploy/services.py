"""Our own services as processes of the demo: started, watched, and stopped in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import SystemRandom
from typing import Final

from deploy.errors import ServerError
from deploy.log_lines import last_words
from deploy.ports import choose_port
from deploy.pulse import fetch

CHECKOUT: Final = Path(__file__).parents[1]
"""Where the services' packages are."""

_OURS: Final = (
    "DATABASE_",
    "MQTT_",
    "INGEST_",
    "RULES_",
    "GATEWAY_",
    "SIMULATORS_",
    "DASHBOARDS_",
    "GRAFANA_",
    "LOG_",
)

_OK: Final = 200
_LOOK_SECONDS: Final = 0.05
_SAYS_SOMETHING_SECONDS: Final = 60
"""The fleet sums up what it did every ten seconds."""


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
    """A service of ours that runs beside the demo, and can be started again.

    It has no probes: that it goes on saying something in its log is its answer.

    Args:
        name: for messages and the log file's name.
        command: behind the interpreter.
        variables: its settings.
        log: its output goes to this file.

    Attributes:
        name: for messages.
        log: its output goes to this file.
    """

    def __init__(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self.log = log
        self._command = [sys.executable, *command]
        self._variables = dict(variables)
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what an earlier life of it left behind is ended."""
        self.kill()
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            # A session of its own: Ctrl-C reaches the demo alone, which stops us in order.
            self._process = subprocess.Popen(
                self._command,
                cwd=CHECKOUT,
                env=service_environment(self._variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def exit_code(self) -> int | None:
        """What it ended with; below zero: the signal that killed it; None while it runs."""
        return self._process.poll() if self._process else None

    def how_it_ended(self) -> str | None:
        """Return what became of it, such as `was killed by signal 9`; None while it runs."""
        code = self.exit_code
        if code is None:
            return None
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    def check(self) -> None:
        """Make sure that it has not ended.

        Raises:
            ServerError: it has; the message ends with its last log lines.
        """
        how = self.how_it_ended()
        if how is not None:
            raise ServerError(f"{self.name} {how}. Its log, {self.log}, ends:\n{self.last_words()}")

    def answers(self) -> bool:
        """Whether it said something within the last minute."""
        return time.time() - self.log.stat().st_mtime < _SAYS_SOMETHING_SECONDS

    def ready(self) -> bool:
        """Whether it has said something since it was started."""
        return self.log.stat().st_size > self._log_start

    def last_words(self) -> str:
        """Return the last things that it said since it was started, for a person."""
        return last_words(self.log, self._log_start)

    def kill(self) -> None:
        """End it, and processes of its own, at once."""
        if self._process is None:
            return
        # The session outlives its first process where that was killed alone.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self, timeout_seconds: float) -> bool:
        """Ask it to stop and wait; kill it when the time is up; return whether it ended well."""
        if self._process is None:
            return True
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout_seconds) == 0
        except subprocess.TimeoutExpired:
            self.kill()
            return False


class ProbedService(Service):
    """A service of ours that says when it is ready.

    Args:
        name: for messages, and the prefix of its settings.
        command: behind the interpreter.
        variables: its settings, save those of the probes.
        directory: its log and the file with its probes' port go here.

    Attributes:
        port: of its probes; the same after each start, for others ask there.
    """

    def __init__(
        self, name: str, command: Sequence[str], variables: Mapping[str, str], directory: Path
    ) -> None:
        self.port = choose_port(SystemRandom())
        probes = {
            f"{name.upper()}_PROBE_PORT": str(self.port),
            f"{name.upper()}_PROBE_PORT_FILE": str(directory / f"{name}-probe-port"),
        }
        super().__init__(name, command, {**variables, **probes}, directory / f"{name}.log")

    def answers(self) -> bool:
        """Whether its event loop turns: `/healthz` needs no more."""
        return fetch(self.port, "healthz")[0] == _OK

    def ready(self) -> bool:
        """Whether it says that it does its work."""
        return fetch(self.port, "readyz")[0] == _OK

    def wait_until_ready(self, timeout_seconds: float) -> None:
        """Wait for `/readyz` to say so.

        Raises:
            ServerError: it has ended, or is not ready in time; the message has what is missing.
        """
        deadline = time.monotonic() + timeout_seconds
        status, said = 0, ""
        while status != _OK:
            self.check()
            if time.monotonic() > deadline:
                raise ServerError(f"{self.name} is not ready after {timeout_seconds} s: {said}")
            time.sleep(_LOOK_SECONDS)
            status, said = fetch(self.port, "readyz")
