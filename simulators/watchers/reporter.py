"""The reporter: writes what a watcher says, in the form that docs/scoring.md describes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TextIO

from simulators.milliseconds import stamp


@dataclass(frozen=True, slots=True)
class Finding:
    """What an incident says.

    Attributes:
        name: of the incident.
        incident_class: such as `outage`.
        root: codes of the cause.
        villages, links: what is hit.
    """

    name: str
    incident_class: str
    root: Iterable[str] = ()
    villages: Iterable[str] = ()
    links: Iterable[str] = ()


class Reporter:
    """Writes lines; times are in milliseconds.

    Args:
        file: gets them.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def open(
        self, at: int, finding: Finding, onset: int, *, planned: bool = False, notified: bool = True
    ) -> None:
        """Open an incident that began at `onset`."""
        self._write(
            kind="incident",
            at=stamp(at),
            incident=finding.name,
            action="open",
            **{"class": finding.incident_class},
            root=sorted(finding.root),
            villages=sorted(finding.villages),
            links=sorted(finding.links),
            onset=stamp(onset),
            planned=planned,
            notified=notified,
        )

    def clear(self, at: int, name: str, *, notified: bool = True) -> None:
        """Clear an incident that ended now."""
        self._write(
            kind="incident",
            at=stamp(at),
            incident=name,
            action="clear",
            end=stamp(at),
            notified=notified,
        )

    def village(self, at: int, village: str, state: str) -> None:
        """Say how a village is from now on."""
        self._write(kind="village", at=stamp(at), village=village, state=state, since=stamp(at))

    def _write(self, **line: Any) -> None:  # noqa: ANN401 - whatever the line has
        self._file.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")
