"""A Mosquitto broker, in a directory of its own."""

import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from signal import SIGHUP, SIGKILL, SIGTERM
from typing import Final

from deploy.errors import ServerError
from deploy.files import make_private_directory, read_tail, write_private
from deploy.locks import locked
from deploy.mosquitto_options import ACL_FILE, SQLITE_PLUGIN, MosquittoOptions
from deploy.mosquitto_users import Users
from deploy.ports import check_free, keep_port
from deploy.processes import Launch, Process, find_processes, listens
from deploy.programs import MOSQUITTO
from deploy.status import ServerStatus
from deploy.toolchain import Toolchain

_PROGRAM: Final = "mosquitto"
_LOOK_SECONDS: Final = 0.02
_RELOADED: Final = "Reloading config."


class Mosquitto:
    """One broker; a running one is taken over, whoever started it.

    Args:
        toolchain: has the programs.
        directory: of this broker; made at the first start.
        port: on 127.0.0.1; by default a free one is chosen once and kept.
        options: how it is set up.
        chance: chooses the port.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        directory: Path,
        port: int | None = None,
        options: MosquittoOptions | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._toolchain = toolchain
        self._directory = directory.resolve()
        self._port_file = self._directory / "port"
        self._port = port
        self._options = options or MosquittoOptions()
        self._chance = chance or random.SystemRandom()
        self._users = Users(self._directory)

    @property
    def log(self) -> Path:
        """The broker's log file."""
        return self._directory / "mosquitto.log"

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 that it listens on."""
        return self._port or keep_port(self._port_file, self._chance)

    @property
    def pid(self) -> int | None:
        """The broker's process number; None if it does not run."""
        process = self._find()
        if process is None:
            return None
        process.close()
        return process.pid

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.pid is not None

    def password_file(self, user: str) -> Path:
        """Return the file, mode 0600, with the password of one of our services' users.

        Raises:
            ServerError: that user is none of them.
        """
        return self._users.password_file(user)

    def url(self, user: str, *, with_password: bool = False) -> str:
        """Return the broker's address; without the password it is safe to show."""
        secret = ""
        if with_password:
            secret = ":" + self.password_file(user).read_text(encoding="utf-8").rstrip("\n")
        return f"mqtt://{user}{secret}@127.0.0.1:{self.port}"

    def set_users(self, passwords: Mapping[str, str]) -> None:
        """Let these users in beside our services, and nobody else; a running broker is told.

        Args:
            passwords: in clear, by user name; a device's user name is its code.

        Raises:
            ServerError: a name cannot be, or the broker does not reload.
        """
        make_private_directory(self._directory)
        self._users.replace(passwords)
        if self.running:
            self.reload()

    def start(self, timeout_seconds: float = 30) -> None:
        """Start the broker unless it runs; return when it takes connections.

        Raises:
            PortTakenError: another program has its port.
            ServerError: it does not come up; the message ends with its last log lines.
        """
        with locked(self._directory):
            if not self.running:
                self._configure()
                what = f"Mosquitto in {self._directory}"
                check_free(self.port, what, self._port_file)
                self._launch(timeout_seconds)

    def stop(self, timeout_seconds: float = 60) -> None:
        """Stop the broker if it runs, saving what it holds; return when it has ended.

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
                    f"Mosquitto in {self._directory} (pid {process.pid}) still runs "
                    f"{timeout_seconds:.0f} s after it was told to stop; see {self.log}"
                )
        finally:
            process.close()

    def restart(self) -> None:
        """Stop and start it."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """End it as a crash would: nothing is saved."""
        while process := self._find():
            process.signal(SIGKILL)
            process.wait(10)
            process.close()

    def reload(self, timeout_seconds: float = 10) -> None:
        """Have it read users and access list again; return when new connections obey them.

        Raises:
            ServerError: it does not run, or does not answer in time.
        """
        process = self._find()
        if process is None:
            raise ServerError(f"Mosquitto in {self._directory} does not run, so it cannot reload")
        start = self.log.stat().st_size
        process.signal(SIGHUP)
        process.close()
        # It says so first and reads then, but in one go: a connection after this line waits.
        self._await(lambda: _RELOADED in read_tail(self.log, start), "reload", timeout_seconds)

    def status(self) -> ServerStatus:
        """Return what there is to say about the broker."""
        process = self._find()
        if process is not None:
            process.close()
        return ServerStatus(
            name=_PROGRAM,
            pid=process.pid if process else None,
            started_at=process.started_at if process else None,
            port=self.port if self._directory.is_dir() else None,
            directory=self._directory,
        )

    def _configure(self) -> None:
        directory = self._directory
        make_private_directory(directory)
        make_private_directory(directory / "data")
        self._users.keep()
        write_private(directory / "acl", ACL_FILE.read_text(encoding="utf-8"))
        sqlite = self._toolchain.root.has(SQLITE_PLUGIN)
        text = self._options.render(directory, self.port, sqlite=sqlite)
        write_private(directory / "mosquitto.conf", text)

    def _launch(self, timeout_seconds: float) -> None:
        tls = self._options.tls
        command = self._toolchain.command(
            [MOSQUITTO, "-c", str(self._directory / "mosquitto.conf")],
            cwd=self._directory,
            writable=sorted({path.parent for path in tls.paths}) if tls else [],
            lasting=True,
        )
        launch = Launch(command, self.log, self._toolchain.environment())
        try:
            self._await(self._ready, "take connections", timeout_seconds, launch)
        finally:
            launch.close()

    def _await(
        self,
        happened: Callable[[], bool],
        what: str,
        timeout_seconds: float,
        launch: Launch | None = None,
    ) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not happened():
            if launch is None:
                ended = not self.running
                time.sleep(_LOOK_SECONDS)
            else:
                ended = launch.wait(_LOOK_SECONDS)
            if ended or time.monotonic() > deadline:
                how = "ended and did" if ended else f"in {timeout_seconds:.0f} s did"
                said = read_tail(self.log, launch.log_start if launch else 0)
                raise ServerError(
                    f"Mosquitto in {self._directory} {how} not {what}. Its log, {self.log}, "
                    f"ends:\n{said}"
                )

    def _ready(self) -> bool:
        pid = self.pid
        return pid is not None and listens(pid, self.port)

    def _find(self) -> Process | None:
        found = find_processes(_PROGRAM, self._directory)
        for process in found[1:]:
            process.close()
        return found[0] if found else None
