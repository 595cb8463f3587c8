"""Matching: which incidents an alert of another system is about, by its labels and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from gateway.api.models.hooks import ForeignAlert, Unmatched
from gateway.api.queries import select_raw
from province.codes import is_code

LABELS: Final = ("incident", "village", "commune", "operator", "device")
"""Labels that say what an alert is about; all that are there must hold."""

MOST_INCIDENTS: Final = 20
"""An alert that speaks of more says nothing of any of them."""

_LATELY: Final = timedelta(hours=1)
"""So long after its end an incident still gets what is said of it."""


@dataclass(frozen=True, slots=True)
class Match:
    """What an alert is about.

    Attributes:
        incidents: names; empty where it is about none.
        reason: why it is about none; None: it is about some.
        detail: the same in words.
    """

    incidents: Sequence[str] = ()
    reason: Unmatched | None = None
    detail: str = ""


async def match(
    connection: AsyncConnection, alert: ForeignAlert, scope: list[str] | None, now: datetime
) -> Match:
    """Return the incidents that an alert is about.

    Args:
        connection: to look on.
        alert: from outside.
        scope: communes of which its sender may speak; None: of all.
        now: when it came.
    """
    named: dict[str, str] = {name: alert.labels[name] for name in LABELS if name in alert.labels}
    if not named:
        return Match(reason=Unmatched.NO_LABEL, detail=f"none of its labels is {_or(LABELS)}")
    for name, value in named.items():
        if name != "incident" and not is_code(value):
            return Match(
                reason=Unmatched.NOT_A_CODE, detail=f"label {name}={value[:100]!r}: not a code"
            )
    values = dict.fromkeys(LABELS) | named
    values |= {"scope": scope, "lately": now - _LATELY, "limit": MOST_INCIDENTS + 1}
    rows = await select_raw(connection, "match_incidents", values)
    return _found([row["incident_id"] for row in rows], named)


def _found(incidents: list[str], named: dict[str, str]) -> Match:
    said = ", ".join(f"{name}={value}" for name, value in named.items())
    if not incidents:
        return Match(
            reason=Unmatched.NO_INCIDENT,
            detail=f"no incident is open, or was within the hour, that has {said}"[:500],
        )
    if len(incidents) > MOST_INCIDENTS:
        return Match(
            reason=Unmatched.TOO_MANY,
            detail=f"more than {MOST_INCIDENTS} incidents have {said}: name a village or device",
        )
    return Match(incidents)


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
