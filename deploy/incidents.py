"""Incidents as the rules log them, as lines for a person who watches the demo."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

_SIGNS: Final = MappingProxyType(
    {
        "incident opened": "!",
        "incident changed": "~",
        "incident cleared": "+",
    }
)


class Incidents:
    """Reads what the log of the rules says of incidents from now on.

    Args:
        log: one JSON object a line.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._offset = log.stat().st_size if log.exists() else 0

    def fresh(self) -> Iterator[str]:
        """Yield a line for each happening since the last call."""
        with self._log.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # it is being written
                self._offset += len(line)
                told = describe(line)
                if told is not None:
                    yield told


def describe(line: bytes) -> str | None:
    """Return what a log line says of an incident; None if it is about something else."""
    try:
        said: Mapping[str, Any] = json.loads(line)
        sign = _SIGNS[said["event"]]
    except (ValueError, KeyError, TypeError):
        return None
    at = datetime.fromisoformat(said["timestamp"]).astimezone()
    where = f"{said['root_kind']} {said['root']}".strip()
    told = [
        f"{sign} {at:%H:%M:%S} {said['event'].removeprefix('incident '):7} {said['incident']}",
        f"{said['severity']} {said['class']}: {where}",
        f"{said['villages']} villages, {said['households']} households",
        said["reason"],
    ]
    if "lasted_seconds" in said:
        told.append(f"lasted {said['lasted_seconds']} s")
    if said.get("planned"):
        told.append("planned")
    if said.get("notified") is False:
        told.append("nobody is told")
    return "  ".join(told)
