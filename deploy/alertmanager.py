"""A Prometheus Alertmanager, in a directory of its own."""

import json
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL, SIGTERM
from string import Template
from typing import Final

from deploy.errors import ServerError
from deploy.files import make_private_directory, read_tail, write_private
from deploy.locks import locked
from deploy.ports import check_free, keep_port
from deploy.processes import Launch, Process, find_processes, listens
from deploy.programs import ALERTMANAGER
from deploy.status import ServerStatus
from deploy.toolchain import Toolchain

_NAME: Final = "alertmanager"
_PROGRAM: Final = "prometheus-aler"
"""As the kernel has it: the first 15 letters."""
_LOCAL: Final = Path(__file__).with_name("local") / "alertmanager.yml"
_LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class AlertmanagerOptions:
    """How an Alertmanager is set up.

    Attributes:
        webhook_url: gets every group of alerts; None for nobody.
        group_by: labels; alerts with the same values are told together.
        group_wait: how long the first alert of a group waits for others.
        group_interval: least time between two messages about a group.
    """

    webhook_url: str | None = None
    group_by: tuple[str, ...] = ("class", "severity")
    group_wait: timedelta = timedelta(seconds=10)
    group_interval: timedelta = timedelta(minutes=1)

    def render(self) -> str:
        """Return the text of alertmanager.yml."""
        # JSON is YAML: whatever an address holds is quoted as it must be.
        url = json.dumps(self.webhook_url)
        webhook = f"    webhook_configs: [{{url: {url}, send_resolved: true}}]"
        return Template(_LOCAL.read_text(encoding="utf-8")).substitute(
            group_by=", ".join(map(json.dumps, self.group_by)),
            group_wait=_duration(self.group_wait),
            group_interval=_duration(self.group_interval),
            webhook=webhook if self.webhook_url else "",
        )


class Alertmanager:
    """One Alertmanager; a running one is taken over, whoever started it.

    Args:
        toolchain: has the programs.
        directory: of this server; made at the first start.
        port: on 127.0.0.1; by default a free one is chosen once and kept.
        options: how it is set up.
        chance: chooses the port.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        directory: Path,
        port: int | None = None,
        options: AlertmanagerOptions | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._toolchain = toolchain
        self._directory = directory.resolve()
        self._port_file = self._directory / "port"
        self._port = port
        self._options = options or AlertmanagerOptions()
        self._chance = chance or random.SystemRandom()

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._directory / "alertmanager.log"

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 that it listens on."""
        return self._port or keep_port(self._port_file, self._chance)

    @property
    def url(self) -> str:
        """The address of its API and pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process number; None if it does not run."""
        process = self._find()
        if process is None:
            return None
        process.close()
        return process.pid

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.pid is not None

    def start(self, timeout_seconds: float = 30) -> None:
        """Start the server unless it runs; return when it takes connections.

        Raises:
            PortTakenError: another program has its port.
            ServerError: it does not come up; the message ends with its last log lines.
        """
        with locked(self._directory):
            if not self.running:
                make_private_directory(self._directory)
                make_private_directory(self._directory / "data")
                write_private(self._directory / "alertmanager.yml", self._options.render())
                check_free(self.port, f"Alertmanager in {self._directory}", self._port_file)
                self._launch(timeout_seconds)

    def stop(self, timeout_seconds: float = 30) -> None:
        """Stop the server if it runs, saving what it holds; return when it has ended.

        Raises:
            ServerError: it goes on after the time.
        """
        process = self._find()
        if process is None:
            return
        try:
            process.signal(SIGTERM)
            if not process.wait(timeout_seconds):
                raise ServerError(
                    f"Alertmanager in {self._directory} (pid {process.pid}) still runs "
                    f"{timeout_seconds:.0f} s after it was told to stop; see {self.log}"
                )
        finally:
            process.close()

    def kill(self) -> None:
        """End it as a crash would: nothing is saved."""
        while process := self._find():
            process.signal(SIGKILL)
            process.wait(10)
            process.close()

    def status(self) -> ServerStatus:
        """Return what there is to say about the server."""
        process = self._find()
        if process is not None:
            process.close()
        return ServerStatus(
            name=_NAME,
            pid=process.pid if process else None,
            started_at=process.started_at if process else None,
            port=self.port if self._directory.is_dir() else None,
            directory=self._directory,
        )

    def _launch(self, timeout_seconds: float) -> None:
        command = self._toolchain.command(
            [
                ALERTMANAGER,
                f"--config.file={self._directory / 'alertmanager.yml'}",
                f"--storage.path={self._directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                # One alone; gossip would open a port to everybody.
                "--cluster.listen-address=",
                "--log.level=warn",
            ],
            cwd=self._directory,
            lasting=True,
        )
        launch = Launch(command, self.log, self._toolchain.environment())
        try:
            self._await_ready(launch, timeout_seconds)
        finally:
            launch.close()

    def _await_ready(self, launch: Launch, timeout_seconds: float) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not self._ready():
            ended = launch.wait(_LOOK_SECONDS)
            if ended or time.monotonic() > deadline:
                how = "ended and did" if ended else f"in {timeout_seconds:.0f} s did"
                said = read_tail(self.log, launch.log_start)
                raise ServerError(
                    f"Alertmanager in {self._directory} {how} not take connections. Its log, "
                    f"{self.log}, ends:\n{said}"
                )

    def _ready(self) -> bool:
        pid = self.pid
        return pid is not None and listens(pid, self.port)

    def _find(self) -> Process | None:
        found = find_processes(_PROGRAM, self._directory)
        for process in found[1:]:
            process.close()
        return found[0] if found else None


def _duration(duration: timedelta) -> str:
    return f"{round(duration.total_seconds() * 1000)}ms"
