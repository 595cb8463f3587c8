"""Deeds: what people do about incidents, each in one transaction with the look before it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection

from gateway.access.identity import Scope
from gateway.api.incidents import find_incident
from gateway.api.models.incidents import Acknowledge, Assign, Close, Comment, Incident
from gateway.api.operation import Asked, Operation, Reply, Run
from gateway.api.parameters import blamed
from gateway.api.queries import select, writing
from gateway.api.versions import check_version, etag, version_of
from gateway.problems.kinds import CONFLICT
from gateway.problems.problem import FORBIDDEN, Problem, not_found
from rules.store import people
from rules.store.errors import TimeError


@dataclass(frozen=True, slots=True)
class _Held:
    """An incident as a deed finds it, locked."""

    communes: list[str]
    revision: int
    acknowledged_at: datetime | None
    acknowledged_until: datetime | None
    assigned_to: str | None
    escalation: int
    closed_at: datetime | None


Deed = Callable[[AsyncConnection, str, Asked[Any, Any]], Awaitable[Any]]


def _done(deed: Deed, *, needs_all: bool = True) -> Run:
    """Return how a deed is answered: with the incident after it.

    Args:
        deed: does it, on a connection in a transaction.
        needs_all: an official may do it only where the incident lies wholly in their communes.
    """

    async def run(asked: Asked[Any, Any]) -> Reply:
        incident = asked.path["incident"]
        async with writing(asked.pool) as connection:
            held = await _hold(connection, asked, incident)
            check_version(incident, version_of(held), asked.if_match)
            if needs_all:
                _check_reach(asked, incident, held.communes)
            await deed(connection, incident, asked)
            after: Incident = await find_incident(connection, asked, incident)
        return Reply(after, headers={"ETag": etag(after.version)})

    return run


async def _hold(connection: AsyncConnection, asked: Asked[Any, Any], incident: str) -> _Held:
    values = {"incident": incident, "scope": asked.scope}
    found = await select(connection, _Held, "hold_incident", values)
    if not found:
        raise not_found(f"incident {incident}")
    return found[0]


def _check_reach(asked: Asked[Any, Any], incident: str, communes: list[str]) -> None:
    """Do nothing if all of an incident is somebody's to decide on.

    Raises:
        Problem: it reaches beyond their communes.
    """
    if not all(asked.identity.sees(each) for each in communes):
        raise Problem(
            FORBIDDEN,
            f"incident {incident}: it reaches beyond your communes; a comment can be made",
        )


async def _acknowledge(
    connection: AsyncConnection, incident: str, asked: Asked[Any, Acknowledge]
) -> None:
    with blamed(TimeError, "until", asked.body.until):
        await people.acknowledge(
            connection,
            incident,
            actor=asked.identity.name,
            now=asked.now,
            until=asked.body.until,
            comment=asked.body.comment,
        )


async def _assign(connection: AsyncConnection, incident: str, asked: Asked[Any, Assign]) -> None:
    await people.assign(
        connection,
        incident,
        asked.body.to,
        actor=asked.identity.name,
        now=asked.now,
        comment=asked.body.comment,
    )


async def _comment(connection: AsyncConnection, incident: str, asked: Asked[Any, Comment]) -> None:
    await people.comment(
        connection, incident, asked.body.text, actor=asked.identity.name, now=asked.now
    )


async def _close(connection: AsyncConnection, incident: str, asked: Asked[Any, Close]) -> None:
    await people.close(
        connection,
        incident,
        actor=asked.identity.name,
        now=asked.now,
        comment=asked.body.comment,
    )


def _operation(
    name: str, summary: str, body: type[Any], run: Run, *, required: bool = False
) -> Operation:
    return Operation(
        name=f"{name}Incident",
        method="POST",
        path=f"/api/v1/incidents/{{incident}}/{name}",
        tag="incidents",
        summary=summary,
        scope=Scope.OPERATOR,
        body=body,
        body_required=required,
        answer=Incident,
        versioned=True,
        problems=(CONFLICT,),
        run=run,
    )


OPERATIONS: Final = (
    _operation("acknowledge", "Take an incident on", Acknowledge, _done(_acknowledge)),
    _operation("assign", "Say who works on an incident", Assign, _done(_assign), required=True),
    _operation(
        "comment",
        "Say something about an incident",
        Comment,
        _done(_comment, needs_all=False),
        required=True,
    ),
    _operation("close", "Say that nothing is left to be done", Close, _done(_close)),
)
"""What can be done about incidents."""
