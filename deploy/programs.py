"""The server programs: where Debian puts them, and which of them a system lacks."""

import re
import subprocess
from pathlib import Path
from typing import Final

POSTGRES_BIN: Final = "/usr/lib/postgresql/17/bin"
TIMESCALEDB: Final = "/usr/lib/postgresql/17/lib/timescaledb.so"
MOSQUITTO: Final = "/usr/sbin/mosquitto"
ALERTMANAGER: Final = "/usr/bin/prometheus-alertmanager"
MOSQUITTO_CLIENTS: Final = ("/usr/bin/mosquitto_pub", "/usr/bin/mosquitto_sub")
MOSQUITTO_SINCE: Final = (2, 0, 21)
"""Older ones let a subscriber's in-flight limit pass, or lose sessions (release notes)."""

_REQUIRED: Final = (
    f"{POSTGRES_BIN}/postgres",
    f"{POSTGRES_BIN}/initdb",
    f"{POSTGRES_BIN}/psql",
    TIMESCALEDB,
    MOSQUITTO,
    *MOSQUITTO_CLIENTS,
)
_VERSION: Final = re.compile(r"version (\d+)\.(\d+)\.(\d+)")


def missing_programs(system: Path = Path("/")) -> list[str]:
    """Return what the system lacks to run the servers itself, in words; empty if nothing."""
    absent = [path for path in _REQUIRED if not (system / path.lstrip("/")).exists()]
    if absent:
        return absent
    version = mosquitto_version([str(system / MOSQUITTO.lstrip("/"))])
    if version < MOSQUITTO_SINCE:
        found, needed = (".".join(map(str, v)) for v in (version, MOSQUITTO_SINCE))
        return [f"mosquitto {needed} (it has {found})"]
    return []


def mosquitto_version(command: list[str]) -> tuple[int, ...]:
    """Return the version that the command `mosquitto` says; (0, 0, 0) if it says none."""
    answer = subprocess.run([*command, "-h"], capture_output=True, text=True, check=False)
    match = _VERSION.search(answer.stdout)
    return tuple(int(part) for part in match.groups()) if match else (0, 0, 0)
