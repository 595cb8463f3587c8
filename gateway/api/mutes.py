"""Mutes: the list, one more, one less."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import AsyncConnection
from pydantic import TypeAdapter

from gateway.access.identity import Scope
from gateway.api.listing import Key, Listing, listed
from gateway.api.models.mutes import (
    AddMute,
    Cancel,
    MutePage,
    MuteQuestion,
    MuteView,
    NewMatcher,
)
from gateway.api.operation import Asked, NoQuestion, Operation, Reply
from gateway.api.parameters import blamed
from gateway.api.queries import reading, select, select_raw, writing
from gateway.problems.kinds import CONFLICT
from gateway.problems.problem import FORBIDDEN, Problem, not_found
from rules.incidents.mutes import Matcher, MatcherError, Operator
from rules.store.errors import TimeError
from rules.store.matchers import check_matchers
from rules.store.people import NewMute, add_mute, cancel_mute
from rules.store.places import UnknownPlaceError

NUMBER_KEY: Final = TypeAdapter(tuple[int])
"""The key of lists that are in the order of numbers."""
_TAG: Final = "mutes and windows"


async def _mutes(asked: Asked[MuteQuestion, None]) -> Listing[MuteView]:
    async def fetch(after: Key | None, limit: int) -> Sequence[MuteView]:
        async with reading(asked.pool) as connection:
            return await _find(connection, asked, over=asked.query.over, after=after, limit=limit)

    return Listing(MuteView, MutePage, NUMBER_KEY, lambda one: (one.number,), fetch)


async def _find(
    connection: AsyncConnection,
    asked: Asked[Any, Any],
    *,
    over: bool = True,
    mute: int | None = None,
    after: Key | None = None,
    limit: int = 1,
) -> list[MuteView]:
    values = {
        "over": over,
        "mute": mute,
        "after": after and after[0],
        "limit": limit,
        "scope": asked.scope,
        "now": asked.now,
    }
    return await select(connection, MuteView, "list_mutes", values)


async def _add(asked: Asked[NoQuestion, AddMute]) -> Reply:
    body = asked.body
    with blamed(MatcherError, "matchers", None):
        matchers = tuple(Matcher(each.name, each.operator, each.value) for each in body.matchers)
    new = NewMute(
        kind=body.kind,
        matchers=matchers,
        starts_at=body.starts_at or asked.now,
        ends_at=body.ends_at,
        comment=body.comment,
    )
    async with writing(asked.pool) as connection:
        await _check_reach(connection, asked, body.matchers)
        with blamed((MatcherError, UnknownPlaceError), "matchers", None):
            await check_matchers(connection, matchers, any_label=body.any_label)
        with blamed(TimeError, "ends_at", body.ends_at):
            number = await add_mute(connection, new, actor=asked.identity.name, now=asked.now)
        (mute,) = await _find(connection, asked, mute=number)
    return Reply(mute, status=201)


async def _check_reach(
    connection: AsyncConnection, asked: Asked[Any, Any], matchers: Sequence[NewMatcher]
) -> None:
    """Do nothing if a mute holds nothing but what lies in somebody's communes.

    Raises:
        Problem: it could hold more.
    """
    if asked.identity.communes is None:
        return
    exact = [each for each in matchers if each.operator is Operator.EQUAL]
    if any(each.name == "commune" and asked.identity.sees(each.value) for each in exact):
        return
    for each in exact:
        values = {"incident": each.value, "scope": asked.scope}
        if each.name == "incident" and await select_raw(connection, "own_incident", values):
            return
    raise Problem(
        FORBIDDEN,
        "matchers: one of them must be commune = one of yours, or incident = one that lies wholly"
        " in your communes",
    )


async def _cancel(asked: Asked[NoQuestion, Cancel]) -> MuteView:
    number = int(asked.path["mute"])
    async with writing(asked.pool) as connection:
        if not await _find(connection, asked, mute=number):
            raise not_found(f"mute {number}")
        await cancel_mute(
            connection,
            number,
            actor=asked.identity.name,
            now=asked.now,
            comment=asked.body.comment,
        )
        (mute,) = await _find(connection, asked, mute=number)
    return mute


OPERATIONS: Final = (
    Operation(
        name="listMutes",
        method="GET",
        path="/api/v1/mutes",
        tag=_TAG,
        summary="Silences and shelves, the newest first",
        query=MuteQuestion,
        answer=MutePage,
        sheet=True,
        run=listed("mutes", _mutes),
    ),
    Operation(
        name="addMute",
        method="POST",
        path="/api/v1/mutes",
        tag=_TAG,
        summary="Have nobody told of what matches, for a time",
        description="Nothing is watched less for it. An official's mute needs a matcher `commune ="
        " CODE` of theirs, or `incident = NAME` of one that lies wholly in their communes.",
        scope=Scope.OPERATOR,
        body=AddMute,
        answer=MuteView,
        status=201,
        run=_add,
    ),
    Operation(
        name="cancelMute",
        method="POST",
        path="/api/v1/mutes/{mute}/cancel",
        tag=_TAG,
        summary="End a mute before its time",
        scope=Scope.OPERATOR,
        body=Cancel,
        body_required=False,
        answer=MuteView,
        problems=(CONFLICT,),
        run=_cancel,
    ),
)
"""What can be asked and done about mutes."""
