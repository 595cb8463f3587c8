"""Tokens: made, listed and revoked, each change with its line in the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import AsyncConnection
from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from gateway.access.audit import AccessEntry, EntryKind, append
from gateway.access.credentials import FreshToken, make_token
from gateway.access.errors import (
    NameTakenError,
    RevokedError,
    UnknownCommuneError,
    UnknownTokenError,
)
from gateway.access.identity import Scope
from gateway.access.queries import query
from runtime.wording import did_you_mean


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token that somebody wants.

    Attributes:
        name: who or what uses it.
        scope: what it may do at large.
        grants: what it may do besides.
        communes: codes of the communes that exist for it; empty: all.
        life: after which it no longer holds; None: it does for ever.
    """

    name: str
    scope: Scope
    grants: Sequence[str] = ()
    communes: Sequence[str] = ()
    life: timedelta | None = None


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A token as the database has it; times are in UTC, the scope is its word."""

    token_id: str
    name: str
    scope: str
    grants: list[str]
    communes: list[str] | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    last_used_at: datetime | None


async def create_token(
    connection: AsyncConnection, wanted: TokenRequest, *, actor: str, now: datetime
) -> FreshToken:
    """Make a token; its text is in what is returned, and nowhere else.

    Raises:
        UnknownCommuneError: the inventory has no such commune.
        NameTakenError: a token of this name holds already.
    """
    token = make_token()
    expires_at = None if wanted.life is None else now + wanted.life
    communes = sorted(set(wanted.communes)) or None
    async with connection.transaction():
        await _check_communes(connection, wanted.communes)
        values = {
            "token_id": token.token_id,
            "secret_hash": token.digest,
            "name": wanted.name,
            "scope": wanted.scope.word,
            "grants": sorted(set(wanted.grants)),
            "communes": communes,
            "now": now,
            "actor": actor,
            "expires_at": expires_at,
        }
        try:
            await connection.execute(query("create_token"), values)
        except UniqueViolation:
            raise NameTakenError(
                f"token {wanted.name!r}: one of this name holds; revoke it, or choose another name"
            ) from None
        detail = {
            "name": wanted.name,
            "scope": wanted.scope.word,
            "grants": values["grants"],
            "communes": communes,
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
        entry = AccessEntry(now, EntryKind.TOKEN_CREATED, actor, token.token_id, detail)
        await append(connection, entry)
    return token


async def list_tokens(
    connection: AsyncConnection, now: datetime, *, everything: bool
) -> list[KeptToken]:
    """Return the tokens that hold, newest first; with `everything` the others too."""
    async with connection.cursor(row_factory=class_row(KeptToken)) as cursor:
        await cursor.execute(query("list_tokens"), {"all": everything, "now": now})
        return await cursor.fetchall()


async def revoke_token(
    connection: AsyncConnection, word: str, *, actor: str, now: datetime
) -> tuple[str, str]:
    """Revoke a token, and end the logins that were opened with it; return its id and name.

    Args:
        connection: in no transaction.
        word: its public part, or its name.
        actor: who does it.
        now: the present.

    Raises:
        UnknownTokenError: there is none.
        RevokedError: it was revoked already.
    """
    async with connection.transaction():
        rows = await (await connection.execute(query("find_tokens"), {"word": word})).fetchall()
        if not rows:
            known = await list_tokens(connection, now, everything=False)
            hint = did_you_mean(
                word, [part for each in known for part in (each.name, each.token_id)]
            )
            raise UnknownTokenError(f"token {word!r}: there is none of that name or id{hint}")
        token_id, name, revoked_at, revoked_by = rows[0]
        values = {"token_id": token_id, "now": now, "actor": actor}
        revoked = await connection.execute(query("revoke_token"), values)
        if not revoked.rowcount:
            raise RevokedError(
                f"token {token_id} ({name}): {revoked_by} has revoked it already, on"
                f" {revoked_at:%Y-%m-%d %H:%M} UTC"
            )
        await connection.execute(query("end_sessions_of"), values)
        entry = AccessEntry(now, EntryKind.TOKEN_REVOKED, actor, token_id, {"name": name})
        await append(connection, entry)
    return token_id, name


async def _check_communes(connection: AsyncConnection, communes: Sequence[str]) -> None:
    if not communes:
        return
    rows = await (await connection.execute(query("communes"))).fetchall()
    known: dict[str, str] = dict(rows)
    for code in communes:
        if code in known:
            continue
        if not known:
            raise UnknownCommuneError(
                f"commune {code!r}: the database has no inventory yet;"
                " python -m runtime.database inventory FILE"
            )
        by_name = {name.casefold(): each for each, name in known.items()}
        if code.casefold() in by_name:
            hint = f"; did you mean {by_name[code.casefold()]!r}, which is {code}?"
        else:
            hint = did_you_mean(code, known)
        raise UnknownCommuneError(f"commune {code!r}: the inventory has none of that code{hint}")
