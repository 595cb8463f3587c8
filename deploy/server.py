"""A server in a directory of its own: found, waited for, and ended, whichever program it is."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import ClassVar, Final

from deploy.errors import ServerError
from deploy.files import read_tail
from deploy.log_lines import last_words
from deploy.ports import answers, keep_port
from deploy.processes import Launch, Process, find_processes, listens
from deploy.status import ServerStatus

_LOOK_SECONDS: Final = 0.02


class Server:
    """One server; a running one is taken over, whoever started it.

    Attributes:
        title: what it is called in messages.
        name: what it is called in lists, and its log file is named for.
        program: its process's name as the kernel has it: the file's, up to 15 letters.
        directory: of this server.

    Args:
        directory: of this server; made at the first start.
        port: on 127.0.0.1; by default a free one is chosen once and kept.
        chance: chooses the port.
    """

    title: ClassVar[str]
    name: ClassVar[str]
    program: ClassVar[str]

    def __init__(
        self, directory: Path, port: int | None = None, chance: random.Random | None = None
    ) -> None:
        self.directory = directory.resolve()
        self._port = port
        self._chance = chance or random.SystemRandom()

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.directory / f"{self.name}.log"

    @property
    def port_file(self) -> Path:
        """The file in which the port that was chosen is kept."""
        return self.directory / "port"

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 that it listens on."""
        return self._port or keep_port(self.port_file, self._chance)

    @property
    def greeting(self) -> bytes:
        """What a client says first, for the server to answer at once."""
        raise NotImplementedError

    @property
    def exists(self) -> bool:
        """Whether it was ever made."""
        return self.directory.is_dir()

    @property
    def pid(self) -> int | None:
        """The main process's number; None if the server does not run."""
        process = self.find()
        if process is None:
            return None
        process.close()
        return process.pid

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.pid is not None

    def kill(self) -> None:
        """End it as a crash would: nothing is saved."""
        while process := self.find():
            process.signal(SIGKILL)
            process.wait(10)
            process.close()

    def status(self) -> ServerStatus:
        """Return what there is to say about the server."""
        process = self.find()
        if process is not None:
            process.close()
        return ServerStatus(
            name=self.name,
            pid=process.pid if process else None,
            started_at=process.started_at if process else None,
            port=self.port if self.exists else None,
            directory=self.directory,
        )

    def find(self) -> Process | None:
        """Return the main process, for the caller to close; None if the server does not run."""
        found = find_processes(self.program, self.directory)
        for process in found[1:]:
            process.close()
        return found[0] if found else None

    def ready(self) -> bool:
        """Whether it takes connections."""
        pid = self.pid
        return pid is not None and listens(pid, self.port)

    def how_it_ended(self) -> str | None:
        """Return that it has died; None while it runs. It is nobody's child: nobody knows how."""
        return None if self.running else "has died"

    def answers(self) -> bool:
        """Whether it answers a client at this moment, however ready it is."""
        return answers(self.port, self.greeting)

    def last_words(self) -> str:
        """Return the last lines of its log, for a person."""
        return last_words(self.log)

    def end(self, timeout_seconds: float, number: Signals = SIGTERM, how: str = "") -> None:
        """Tell the server to stop, if it runs; return when it has ended.

        Raises:
            ServerError: it goes on after the time.
        """
        process = self.find()
        if process is None:
            return
        try:
            process.signal(number)
            if not process.wait(timeout_seconds):
                raise ServerError(
                    f"{self.title} in {self.directory} (pid {process.pid}) still runs "
                    f"{timeout_seconds:.0f} s after {how or 'it was told to stop'}; see {self.log}"
                )
        finally:
            process.close()

    def wait_until(
        self,
        happened: Callable[[], bool],
        what: str,
        timeout_seconds: float,
        launch: Launch | None = None,
    ) -> None:
        """Wait for something that the server does.

        Args:
            happened: whether it has.
            what: it is to do, for the message.
            timeout_seconds: how long it may take.
            launch: of the server, where it is just being started.

        Raises:
            ServerError: it ended, or took longer; the message ends with its last log lines.
        """
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
                    f"{self.title} in {self.directory} {how} not {what}. Its log, {self.log}, "
                    f"ends:\n{said}"
                )
