"""Incidents and faults as our services log them, as lines for a person who watches the demo."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from deploy.log_lines import local_time

_SIGNS: Final = MappingProxyType(
    {
        "incident opened": "!",
        "incident opened again": "!",
        "incident changed": "~",
        "incident cleared": "+",
    }
)
_FAULTS: Final = frozenset({"fault begins", "fault ends"})


class Incidents:
    """Words what the log of the rules says of incidents; remembers which it has spoken of."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def describe(self, line: bytes) -> str | None:
        """Return what a log line says of an incident; None if it says nothing of one."""
        try:
            said: Mapping[str, Any] = json.loads(line)
            sign = _SIGNS[said["event"]]
            at = local_time(said)
        except (ValueError, KeyError, TypeError):
            return None
        told = [f"{sign} {at} {said['event'].removeprefix('incident '):7} {said['incident']}"]
        told += _facts(said)
        # A person who never saw it open would look for the line.
        if sign != "!" and said["incident"] not in self._known:
            told.append("open since before this demo")
        self._known.add(said["incident"])
        return "  ".join(told)


def _facts(said: Mapping[str, Any]) -> Iterator[str]:
    yield f"{said['severity']} {said['class']}: {said['root_kind']} {said['root']}".strip()
    yield f"{said['villages']} villages, {said['households']} households"
    yield said["reason"]
    if "lasted_seconds" in said:
        yield f"lasted {said['lasted_seconds']} s"
    if said.get("planned"):
        yield "planned"
    if said.get("notified") is False:
        yield "nobody is told"


def describe_fault(line: bytes) -> str | None:
    """Return what a log line of the fleet says of the scenario's faults; None if nothing."""
    try:
        said: Mapping[str, Any] = json.loads(line)
        event = said["event"]
        at = local_time(said)
    except (ValueError, KeyError, TypeError):
        return None
    if event == "run starts":
        return f"* {at} scenario {said['scenario']} begins: {_outlook(said)}"
    if event not in _FAULTS:
        return None
    what = f"{said['text'] or said['fault_kind']}: {said['root']}"
    return f"* {at} {event}  {what}  {said['villages']} villages"


def _outlook(said: Mapping[str, Any]) -> str:
    if not said.get("faults"):
        return "nothing breaks in it"
    first = datetime.fromisoformat(said["first_fault_at"])
    seconds = (first - datetime.fromisoformat(said["timestamp"])).total_seconds()
    many = "one fault," if said["faults"] == 1 else f"{said['faults']} faults, the first"
    return f"{many} at {first.astimezone():%H:%M:%S}, in {seconds:.0f} s"
