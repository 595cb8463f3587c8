"""The broker's password file: who may connect, by name and hash."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.errors import ServerError
from deploy.files import keep_password, write_private

SERVICES: Final = ("ingest", "rules", "gateway", "fleet", "health")
"""Users of our own services; deploy/mosquitto/acl says what each may do."""

_ITERATIONS: Final = 101
"""mosquitto_passwd's own. The broker computes this in its one thread at every connection, and
passwords of random bits need no slow hash: 1000 would stall it 9 s for 8,000 devices."""

_NAME: Final = re.compile(r"[^\s:/+#$]+\Z")


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Return the hash as Mosquitto stores it: `$7$`, PBKDF2 over SHA-512.

    Args:
        password: in clear.
        salt: 12 random bytes if not given.
    """
    salt = secrets.token_bytes(12) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


class Users:
    """The users of one broker: our services, and whoever was added to them.

    Args:
        directory: of the broker: passwords of the services in `passwords`, hashes in `users`.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / "users"
        self._passwords = directory / "passwords"

    def password_file(self, user: str) -> Path:
        """Return the file, mode 0600, with a service's password; made if missing.

        Raises:
            ServerError: that user is none of our services.
        """
        if user not in SERVICES:
            raise ServerError(
                f"broker user {user!r} has no password file; services: {', '.join(SERVICES)}"
            )
        path = self._passwords / user
        keep_password(path)
        return path

    def keep(self) -> None:
        """Write the file with our services; whoever else is in it stays."""
        self._write(self._others())

    def replace(self, passwords: Mapping[str, str]) -> None:
        """Write the file with our services and these users, and nobody else.

        Args:
            passwords: in clear, by user name; a device's user name is its code.

        Raises:
            ServerError: a name is a service's, or not fit for topics and password files.
        """
        for user in passwords:
            if user in SERVICES or not _NAME.match(user):
                reason = "is a service's" if user in SERVICES else "has a letter that cannot be"
                raise ServerError(f"broker user {user!r}: the name {reason}")
        self._write([f"{user}:{hash_password(word)}" for user, word in passwords.items()])

    def _others(self) -> list[str]:
        if not self._file.exists():
            return []
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.partition(":")[0] not in SERVICES]

    def _write(self, others: list[str]) -> None:
        own = [
            f"{user}:{hash_password(keep_password(self._passwords / user))}" for user in SERVICES
        ]
        write_private(self._file, "".join(f"{line}\n" for line in [*own, *others]))
