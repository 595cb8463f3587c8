"""The broker's password file: who may connect, by name and hash."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
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
        hashes = self._hashes()
        others = {user: line for user, line in hashes.items() if user not in SERVICES}
        self._write(self._hashed(self._own(), hashes) | others)

    def replace(self, passwords: Mapping[str, str]) -> bool:
        """Write the file with our services and these users, and nobody else.

        Returns:
            Whether that is anything new.

        Args:
            passwords: in clear, by user name; a device's user name is its code.

        Raises:
            ServerError: a name is a service's, or not fit for topics and password files.
        """
        _check_names(passwords)
        before = self._hashes()
        users = self._hashed(self._own() | dict(passwords), before)
        self._write(users)
        return users != before

    def add(self, passwords: Mapping[str, str]) -> bool:
        """Write the file with our services and those of these users who are not in it yet.

        Whoever is in it stays with the password of there: `python -m gateway device` may have
        given him another one, or shut him out.

        Returns:
            Whether that is anything new.

        Args:
            passwords: in clear, by user name; a device's user name is its code.

        Raises:
            ServerError: a name is a service's, or not fit for topics and password files.
        """
        _check_names(passwords)
        before = self._hashes()
        missing = {user: word for user, word in passwords.items() if user not in before}
        users = before | self._hashed(self._own() | missing, before)
        self._write(users)
        return users != before

    def _own(self) -> dict[str, str]:
        return {user: keep_password(self._passwords / user) for user in SERVICES}

    def _hashes(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return dict(line.split(":", 1) for line in lines)

    def _hashed(self, passwords: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
        """Return each user's hash; the one of before where the password is still the same."""
        return {
            user: _hash_again(word, before[user]) if user in before else hash_password(word)
            for user, word in passwords.items()
        }

    def _write(self, hashes: Mapping[str, str]) -> None:
        text = "".join(f"{user}:{hashed}\n" for user, hashed in hashes.items())
        write_private(self._file, text)


def _check_names(users: Iterable[str]) -> None:
    for user in users:
        if user in SERVICES or not _NAME.match(user):
            reason = "is a service's" if user in SERVICES else "has a letter that cannot be"
            raise ServerError(f"broker user {user!r}: the name {reason}")


def _hash_again(password: str, before: str) -> str:
    same = hash_password(password, base64.b64decode(before.split("$")[3]))
    return same if same == before else hash_password(password)
