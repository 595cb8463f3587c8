"""What the private Debian tree is made of."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    "postgresql-17",
    "postgresql-17-timescaledb",
    "mosquitto",
    "mosquitto-clients",
    "prometheus-alertmanager",
    "bubblewrap",
    "base-files",
    "coreutils",
    "dash",
    "less",
    "libc-bin",
    "ncurses-base",
    "tzdata",
)
"""The servers; bubblewrap to run them; and what they and psql call: a shell, a pager, locales."""

STAND_INS: Final = (
    "adduser",
    "debconf",
    "init-system-helpers",
    "libllvm19",
    "locales",
    "postgresql-client-common",
    "postgresql-common",
    "ssl-cert",
)
"""Dependencies that only an installed system needs, or that our settings switch off (LLVM, for
just-in-time compilation). apt is told that they are there: half the download."""

KEYRINGS: Final = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One tree, fully described: an equal recipe gives an equal tree.

    Attributes:
        architecture: as dpkg names it, such as `amd64`.
        suite: Debian's code name of the release.
        packages: to install, with all they depend on.
        stand_ins: packages that apt is to believe installed.
        keyrings: files with the archive's keys; the first that exists is used.
        space_bytes: free space that making the tree takes.
        layout: counted up when this program lays the tree out differently.
    """

    architecture: str
    suite: str = "trixie"
    packages: tuple[str, ...] = PACKAGES
    stand_ins: tuple[str, ...] = STAND_INS
    keyrings: tuple[Path, ...] = field(default=KEYRINGS, compare=False)
    space_bytes: int = field(default=400_000_000, compare=False)
    layout: int = 1

    @property
    def stamp(self) -> str:
        """What a finished tree of this recipe says about itself."""
        described = {
            key: value
            for key, value in asdict(self).items()
            if key not in {"keyrings", "space_bytes"}
        }
        text = json.dumps(described, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest() + "\n"
