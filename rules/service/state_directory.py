"""The state directory: where one process, and no second one, remembers."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rules.errors import RulesError


class StateDirectoryError(RulesError):
    """The state directory cannot be used; the message names it and says why."""


class StateDirectory:
    """The places in a state directory.

    Args:
        path: of the directory; made if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def snapshots(self) -> Path:
        """Directory of the snapshots."""
        return self.path / "snapshots"

    @property
    def journal(self) -> Path:
        """Directory of the journal's segments."""
        return self.path / "journal"

    @property
    def inventories(self) -> Path:
        """Directory of the inventories that were decided by."""
        return self.path / "inventories"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other process out while inside.

        Raises:
            StateDirectoryError: another process is in, or the directory cannot be written.
        """
        try:
            for place in (self.path, self.snapshots, self.journal, self.inventories):
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StateDirectoryError(f"state directory {self.path}: {error}") from error
        try:
            self._lock(lock)
            yield
        finally:
            os.close(lock)

    def _lock(self, lock: int) -> None:
        try:
            # The kernel lets go of it when the process ends, however it ends.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 32).decode(errors="replace").strip() or "unknown"
            raise StateDirectoryError(
                f"state directory {self.path} is in use by process {holder}: two that decide in"
                " one place would tell everything twice; stop it, or set another"
                " RULES_STATE_DIRECTORY"
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
