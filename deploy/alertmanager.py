"""A Prometheus Alertmanager, in a directory of its own."""

import json
import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import Template
from typing import Final

from deploy.files import make_private_directory, write_private
from deploy.locks import locked
from deploy.ports import check_free
from deploy.processes import Launch
from deploy.programs import ALERTMANAGER
from deploy.server import Server
from deploy.toolchain import Toolchain

_LOCAL: Final = Path(__file__).with_name("local") / "alertmanager.yml"


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


class Alertmanager(Server):
    """One Alertmanager; a running one is taken over, whoever started it.

    Args:
        toolchain: has the programs.
        directory: of this server; made at the first start.
        port: on 127.0.0.1; by default a free one is chosen once and kept.
        options: how it is set up.
        chance: chooses the port.
    """

    title = "Alertmanager"
    name = "alertmanager"
    program = "prometheus-aler"

    def __init__(
        self,
        toolchain: Toolchain,
        directory: Path,
        port: int | None = None,
        options: AlertmanagerOptions | None = None,
        chance: random.Random | None = None,
    ) -> None:
        super().__init__(directory, port, chance)
        self._toolchain = toolchain
        self._options = options or AlertmanagerOptions()

    @property
    def greeting(self) -> bytes:
        """A request for its page."""
        return b"GET / HTTP/1.0\r\n\r\n"

    @property
    def url(self) -> str:
        """The address of its API and pages."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, timeout_seconds: float = 30) -> None:
        """Start the server unless it runs; return when it takes connections.

        Raises:
            PortTakenError: another program has its port.
            ServerError: it does not come up; the message ends with its last log lines.
        """
        with locked(self.directory):
            if not self.running:
                make_private_directory(self.directory)
                make_private_directory(self.directory / "data")
                write_private(self.directory / "alertmanager.yml", self._options.render())
                check_free(self.port, f"Alertmanager in {self.directory}", self.port_file)
                self._launch(timeout_seconds)

    def stop(self, timeout_seconds: float = 30) -> None:
        """Stop the server if it runs, saving what it holds; return when it has ended.

        Raises:
            ServerError: it goes on after the time.
        """
        self.end(timeout_seconds)

    def _launch(self, timeout_seconds: float) -> None:
        command = self._toolchain.command(
            [
                ALERTMANAGER,
                f"--config.file={self.directory / 'alertmanager.yml'}",
                f"--storage.path={self.directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                # One alone; gossip would open a port to everybody.
                "--cluster.listen-address=",
                "--log.level=warn",
            ],
            cwd=self.directory,
            lasting=True,
        )
        launch = Launch(command, self.log, self._toolchain.environment())
        try:
            self.wait_until(self.ready, "take connections", timeout_seconds, launch)
        finally:
            launch.close()


def _duration(duration: timedelta) -> str:
    return f"{round(duration.total_seconds() * 1000)}ms"
