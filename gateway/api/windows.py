"""Maintenance windows: the list, one more, one less."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection

from gateway.access.identity import Scope
from gateway.api.listing import Key, Listing, listed
from gateway.api.models.mutes import Cancel
from gateway.api.models.windows import (
    AddWindow,
    Occurrence,
    WindowDetail,
    WindowPage,
    WindowQuestion,
    WindowView,
)
from gateway.api.mutes import NUMBER_KEY
from gateway.api.operation import Asked, NoQuestion, Operation, Reply
from gateway.api.parameters import blamed, wrong
from gateway.api.queries import reading, select, select_raw, writing
from gateway.problems.kinds import CONFLICT
from gateway.problems.problem import FORBIDDEN, Problem, not_found
from rules.incidents.recurrences import RecurrenceError
from rules.incidents.windows import PlannedWindow, ScopeKind, next_occurrences
from rules.store.errors import TimeError, UnknownScopeError
from rules.store.instants import instant, seconds_or_none
from rules.store.people import NewWindow, add_window, cancel_window

_TAG: Final = "mutes and windows"
_SHOWN: Final = 3
_OWN: Final = frozenset({ScopeKind.COMMUNE, ScopeKind.VILLAGE, ScopeKind.LINK})
"""What an official may announce work on: nobody else depends on it."""


async def _windows(asked: Asked[WindowQuestion, None]) -> Listing[WindowView]:
    async def fetch(after: Key | None, limit: int) -> Sequence[WindowView]:
        async with reading(asked.pool) as connection:
            return await _find(connection, asked, over=asked.query.over, after=after, limit=limit)

    return Listing(WindowView, WindowPage, NUMBER_KEY, lambda one: (one.number,), fetch)


async def _find(
    connection: AsyncConnection,
    asked: Asked[Any, Any],
    *,
    over: bool = True,
    window: int | None = None,
    after: Key | None = None,
    limit: int = 1,
) -> list[WindowView]:
    values = {
        "over": over,
        "window": window,
        "after": after and after[0],
        "limit": limit,
        "scope": asked.scope,
        "now": asked.now,
    }
    return await select(connection, WindowView, "list_windows", values)


async def _detail(connection: AsyncConnection, asked: Asked[Any, Any], window: int) -> WindowDetail:
    """Return a window with the times that it comes next.

    Raises:
        Problem: there is none of that number for whoever asks.
    """
    found = await _find(connection, asked, window=window)
    if not found:
        raise not_found(f"window {window}")
    return WindowDetail(**found[0].model_dump(), next=_coming(found[0], asked.now))


def _coming(view: WindowView, now: datetime) -> list[Occurrence]:
    planned = PlannedWindow(
        window=view.number,
        name=view.name,
        scope_kind=view.scope_kind,
        scope_code=view.scope_code,
        starts_at=view.starts_at.timestamp(),
        ends_at=view.ends_at.timestamp(),
        created_at=view.created_at.timestamp(),
        created_by=view.created_by,
        recurrence=view.recurrence,
        cancelled_at=seconds_or_none(view.cancelled_at),
    )
    return [
        Occurrence(starts_at=instant(start), ends_at=instant(end))
        for start, end in next_occurrences(planned, now.timestamp(), _SHOWN)
    ]


async def _window(asked: Asked[NoQuestion, None]) -> WindowDetail:
    async with reading(asked.pool) as connection:
        return await _detail(connection, asked, int(asked.path["window"]))


async def _add(asked: Asked[NoQuestion, AddWindow]) -> Reply:
    body = asked.body
    new = NewWindow(
        scope_kind=body.scope_kind,
        scope_code=body.scope_code,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        name=body.name or "",
        recurrence=body.recurrence,
        comment=body.comment,
    )
    async with writing(asked.pool) as connection:
        await _check_reach(connection, asked, body)
        with (
            blamed(TimeError, "ends_at", body.ends_at),
            blamed(UnknownScopeError, "scope_code", body.scope_code),
            blamed(RecurrenceError, "recurrence", body.recurrence),
        ):
            number = await add_window(connection, new, actor=asked.identity.name, now=asked.now)
        window = await _detail(connection, asked, number)
    return Reply(window, status=201)


async def _check_reach(
    connection: AsyncConnection, asked: Asked[Any, Any], body: AddWindow
) -> None:
    """Do nothing if work is announced on what is somebody's own.

    Raises:
        Problem: it is not, or not there for them.
    """
    if asked.identity.communes is None:
        return
    if body.scope_kind not in _OWN:
        raise Problem(
            FORBIDDEN,
            f"scope_kind {body.scope_kind}: other communes depend on it; the province announces it",
        )
    values = {"kind": body.scope_kind, "code": body.scope_code}
    found = await select_raw(connection, "commune_of_scope", values)
    if not found or not asked.identity.sees(found[0]["commune"]):
        raise _unknown(body)


def _unknown(body: AddWindow) -> Problem:
    return wrong("body", "scope_code", f"there is no such {body.scope_kind}", body.scope_code)


async def _cancel(asked: Asked[NoQuestion, Cancel]) -> WindowDetail:
    number = int(asked.path["window"])
    async with writing(asked.pool) as connection:
        found = await _detail(connection, asked, number)
        if asked.identity.communes is not None and found.scope_kind not in _OWN:
            raise Problem(FORBIDDEN, f"window {number}: other communes depend on what it is about")
        await cancel_window(
            connection,
            number,
            actor=asked.identity.name,
            now=asked.now,
            comment=asked.body.comment,
        )
        return await _detail(connection, asked, number)


OPERATIONS: Final = (
    Operation(
        name="listWindows",
        method="GET",
        path="/api/v1/windows",
        tag=_TAG,
        summary="Announced work, the newest first",
        query=WindowQuestion,
        answer=WindowPage,
        sheet=True,
        run=listed("windows", _windows),
    ),
    Operation(
        name="getWindow",
        method="GET",
        path="/api/v1/windows/{window}",
        tag=_TAG,
        summary="Announced work, and when it comes next",
        answer=WindowDetail,
        run=_window,
    ),
    Operation(
        name="addWindow",
        method="POST",
        path="/api/v1/windows",
        tag=_TAG,
        summary="Announce work",
        description="What it causes is recorded as planned, and nobody is told. The books leave out"
        " no time that began before it was announced. An official announces work on a commune,"
        " village or link of theirs.",
        scope=Scope.OPERATOR,
        body=AddWindow,
        answer=WindowDetail,
        status=201,
        run=_add,
    ),
    Operation(
        name="cancelWindow",
        method="POST",
        path="/api/v1/windows/{window}/cancel",
        tag=_TAG,
        summary="Cancel announced work: what of it lies ahead does not happen",
        scope=Scope.OPERATOR,
        body=Cancel,
        body_required=False,
        answer=WindowDetail,
        problems=(CONFLICT,),
        run=_cancel,
    ),
)
"""What can be asked and done about maintenance windows."""
