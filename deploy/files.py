"""Files that are whole or not there, and open to their owner only."""

import os
import secrets
from pathlib import Path
from typing import TextIO


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 in one step: a reader sees the old content or the new one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def memory_file() -> TextIO:
    """Open a file in no directory, for words about a full disk to fit somewhere."""
    return os.fdopen(os.memfd_create("srepok"), "w+", encoding="utf-8", errors="replace")


def make_private_directory(path: Path) -> None:
    """Make a directory of mode 0700, or bring it to that mode."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)


def keep_password(path: Path) -> str:
    """Return the password in a file; make both, the password random, if the file is missing."""
    if not path.exists():
        make_private_directory(path.parent)
        # 256 random bits, of characters that need no quoting in a URL or a shell.
        write_private(path, secrets.token_urlsafe(32) + "\n")
    return path.read_text(encoding="utf-8").rstrip("\n")


def read_tail(path: Path, start: int = 0, lines: int = 20) -> str:
    """Return the last lines that a file got after the byte `start`; empty if it has none."""
    try:
        text = path.read_bytes()[start:].decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def size(path: Path) -> int:
    """Return the bytes in a directory tree, without what vanishes during the count."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += Path(folder, name).lstat().st_size
            except FileNotFoundError:
                continue
    return total
