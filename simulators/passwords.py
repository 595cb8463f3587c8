"""Passwords of simulated devices: a file of `user:password` lines that only its owner reads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from runtime.settings import SettingsError

_OTHERS: Final = 0o077


def read_passwords(path: Path, variable: str) -> Mapping[str, SecretStr]:
    """Return the passwords by user name.

    Args:
        path: the file; mode 0600, because whoever reads it can speak for every device.
        variable: the setting that named it, for messages.

    Raises:
        SettingsError: naming the variable, file and line, never a password.
    """
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise SettingsError(f"{variable}: cannot read {path}: {reason}") from None
    if mode & _OTHERS:
        raise SettingsError(
            f"{variable}: {path} has mode {mode & 0o777:04o}, so others may read it; chmod 600"
        )
    passwords = {}
    for number, line in enumerate(lines, 1):
        user, colon, password = line.partition(":")
        if not (user and colon and password):
            raise SettingsError(f"{variable}: {path}:{number}: expected USER:PASSWORD")
        passwords[user] = SecretStr(password)
    return passwords
