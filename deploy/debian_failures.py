"""From what apt, dpkg-deb and tar say when they fail to what a person can do about it."""

import re
from pathlib import Path
from typing import Final

from deploy.debian_sources import MIRROR_VARIABLE
from deploy.errors import ToolchainError

_ANOTHER_MIRROR: Final = f"set {MIRROR_VARIABLE} to another"

_FULL: Final = (
    "the disk is full at {place}: free some space, or set SREPOK_HOME to a directory on another "
    "disk; then run the same command again"
)
_UNSIGNED: Final = (
    "what came is not signed with the keys of Debian's archive. If the keys here are old, run as "
    "root: apt-get install debian-archive-keyring. If the mirror is not Debian's, "
    f"{_ANOTHER_MIRROR}"
)
_INCOMPLETE: Final = f"the mirror does not have Debian 13, or not all of it: {_ANOTHER_MIRROR}"
_WRONG_TIME: Final = (
    "the archive's date and this machine's clock disagree: set the clock; if it is right, the "
    f"mirror is out of date: {_ANOTHER_MIRROR}"
)
_UNREACHABLE: Final = (
    "the mirror cannot be reached: check the network, and apt's proxy if you need one; or set "
    f"{MIRROR_VARIABLE} to a mirror that this machine reaches. What was downloaded is kept"
)

_REMEDIES: Final = (
    (r"No space left on device|enough free (disk )?space|quota exceeded", _FULL),
    (r"NO_PUBKEY|EXPKEYSIG|KEYEXPIRED|not signed|BADSIG|signatures? .*invalid", _UNSIGNED),
    (r"not valid yet|is expired|Valid-Until", _WRONG_TIME),
    (r"Could not resolve|Could not connect|Unable to connect|timed out|unreach", _UNREACHABLE),
    (r"have a Release file|404 +Not Found|File not found|Unable to locate", _INCOMPLETE),
    (r"Failed to fetch|Connection|Proxy", _UNREACHABLE),
)
"""What a program says, and what to do about it; the first that fits."""


def explain(what: str, output: str, place: Path) -> ToolchainError:
    """Return the error for a failed program.

    Args:
        what: the program and what it was doing.
        output: its standard error.
        place: the directory that it wrote to.
    """
    said = [line for line in output.splitlines() if line.strip()]
    shown = "\n".join(f"  {line}" for line in said[-4:]) or "  (it said nothing)"
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, output, re.IGNORECASE):
            return ToolchainError(f"{what} failed: {remedy.format(place=place)}. It said:\n{shown}")
    return ToolchainError(f"{what} failed, working in {place}. It said:\n{shown}")
