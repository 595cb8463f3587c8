"""Versions: what an incident was like when somebody looked, so that their deed fits it."""

import hashlib
from datetime import datetime
from typing import Final, Protocol

from gateway.problems.kinds import STALE
from gateway.problems.problem import Problem

_FIELDS: Final = (
    "revision",
    "acknowledged_at",
    "acknowledged_until",
    "assigned_to",
    "escalation",
    "closed_at",
)
_LENGTH: Final = 16


class Versioned(Protocol):
    """What has a version: what the rules decided of it, and what people did."""

    @property
    def revision(self) -> int: ...  # noqa: D102 - as in `rules.store.read.KeptIncident`
    @property
    def acknowledged_at(self) -> datetime | None: ...  # noqa: D102 - the same
    @property
    def acknowledged_until(self) -> datetime | None: ...  # noqa: D102 - the same
    @property
    def assigned_to(self) -> str | None: ...  # noqa: D102 - the same
    @property
    def escalation(self) -> int: ...  # noqa: D102 - the same
    @property
    def closed_at(self) -> datetime | None: ...  # noqa: D102 - the same


def version_of(incident: Versioned) -> str:
    """Return the version of an incident: another one after every step and deed but a comment."""
    told = repr([str(getattr(incident, name)) for name in _FIELDS])
    return hashlib.sha256(told.encode()).hexdigest()[:_LENGTH]


def etag(version: str) -> str:
    """Return the header ETag of a version."""
    return f'"{version}"'


def story_etag(version: str, content: bytes) -> str:
    """Return the header ETag of what is told of an incident.

    It is weak: what grows by itself, as the household-minutes do, makes no other one.

    Args:
        version: of the incident; a deed that fits it may follow a comment.
        content: all that is told, without what grows by itself.
    """
    return f'W/"{version}-{hashlib.sha256(content).hexdigest()[:_LENGTH]}"'


def check_version(incident: str, present: str, if_match: str | None) -> None:
    """Do nothing if whoever asks knows the present version, or does not say.

    Raises:
        Problem: they know another one.
    """
    if if_match not in {None, present}:
        raise Problem(
            STALE, f"incident {incident}: it is at version {present}, no longer at {if_match}"
        )
