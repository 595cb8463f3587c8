"""Users of the broker: Mosquitto's password file, changed in one step and read again by it.

What a user may do is not in here: the access list grants every user name its own topics by a
pattern, so a device's user name is its code. deploy/mosquitto_users.py writes the same file when
the local stack starts, and must not be imported; a test holds the two hashes equal.
"""

import base64
import fcntl
import hashlib
import os
import secrets
import shlex
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gateway.access.credentials import make_secret
from gateway.access.errors import BrokerUsersError

_ITERATIONS: Final = 101
"""mosquitto_passwd's own: random passwords need no slow hash, and the broker has one thread."""
_SALT_BYTES: Final = 12
_PID: Final = "pid:"
_RELOAD_SECONDS: Final = 30


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Return the hash as Mosquitto stores it: `$7$`, PBKDF2 over SHA-512.

    Args:
        password: in clear.
        salt: random bytes if not given.
    """
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}"


class BrokerUsers:
    """The users of one broker.

    Args:
        file: Mosquitto's `password_file`; made by whoever set the broker up.
        reload: `pid:FILE` or a command; empty: somebody else has the broker read it again.
    """

    def __init__(self, file: Path, reload: str = "") -> None:
        self._file = file
        self._reload = reload

    def let_in(self, passwords: Mapping[str, str]) -> None:
        """Write new passwords of users, by name; whoever else is in the file stays.

        Raises:
            BrokerUsersError: the file cannot be read or written.
        """
        self._replace({user: hash_password(password) for user, password in passwords.items()})

    def shut_out(self, users: Iterable[str]) -> None:
        """Give users passwords that nobody has.

        Their lines stay: what fills the file up from an older list of users then leaves them.

        Raises:
            BrokerUsersError: the file cannot be read or written.
        """
        self._replace({user: hash_password(make_secret()) for user in users})

    def reload(self) -> None:
        """Have the broker read the file again.

        Raises:
            BrokerUsersError: it cannot be told.
        """
        try:
            if self._reload.startswith(_PID):
                _hang_up(Path(self._reload.removeprefix(_PID)))
            elif self._reload:
                subprocess.run(  # noqa: S603 - the operator's own command, from the environment
                    shlex.split(self._reload),
                    check=True,
                    capture_output=True,
                    timeout=_RELOAD_SECONDS,
                )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise BrokerUsersError(
                f"the broker was not told to read {self._file} again: {_reason(error)}"
                f" (GATEWAY_BROKER_RELOAD={self._reload}); until it is, old passwords go on"
            ) from None

    @property
    def reloads(self) -> bool:
        """Whether it is known how to have the broker read the file again."""
        return bool(self._reload)

    def _replace(self, lines: Mapping[str, str]) -> None:
        try:
            with self._alone():
                text = self._file.read_text(encoding="utf-8")
                kept = [line for line in text.splitlines() if line.partition(":")[0] not in lines]
                new = [f"{user}:{hashed}" for user, hashed in lines.items()]
                self._write("".join(f"{line}\n" for line in [*kept, *new]))
        except OSError as error:
            raise BrokerUsersError(
                f"the broker's users, {self._file} (GATEWAY_BROKER_USERS_FILE): {_reason(error)}"
            ) from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Two at once would each write without the other's.
        path = self._file.with_name(f".{self._file.name}.lock")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, text: str) -> None:
        before = self._file.stat()
        fresh = self._file.with_name(f".{self._file.name}.{os.getpid()}.new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            # Whoever could read the old file can read the new one, and nobody else.
            os.fchmod(descriptor, before.st_mode & 0o777)
            if os.geteuid() == 0:
                os.fchown(descriptor, before.st_uid, before.st_gid)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(self._file)


def _hang_up(pid_file: Path) -> None:
    pid = int(pid_file.read_text(encoding="utf-8"))
    name = Path(f"/proc/{pid}/comm")
    # The file of a broker that was killed may name a process that is something else by now.
    if name.exists() and not name.read_text(encoding="utf-8").startswith("mosquitto"):
        raise ValueError(f"process {pid} of {pid_file} is no mosquitto")
    os.kill(pid, signal.SIGHUP)


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        said = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
        return f"exit code {error.returncode}{': ' + said[-1] if said else ''}"
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    return str(error)
