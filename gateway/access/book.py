"""The book: who may come in, as the database had it a moment ago, looked up without asking it.

All of it is in memory: a province has some thousand devices, and 2,000 uploads a second must not
be 2,000 queries. Hashes only are in it; of what holds no longer they tell who guesses from who has
not heard yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection

from gateway.access.credentials import Credential, digest, is_same
from gateway.access.identity import Identity, Scope
from gateway.access.queries import query

_NOBODYS = bytes(32)
"""Compared with where there is no such token, so that it takes as long."""
_MOST_SPENT: Final = 20_000


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token that was not revoked.

    Attributes:
        secret_hash: SHA-256 of its secret.
        identity: who shows it.
        expires_at: from when on it no longer holds; None: never.
    """

    secret_hash: bytes = field(repr=False)
    identity: Identity
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A login of the page.

    Attributes:
        token_id: what it was opened with.
        expires_at: from when on it no longer holds.
    """

    token_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """Who may come in, as of one moment.

    Attributes:
        loaded_at: that moment.
        tokens: by their public part.
        device_keys: SHA-256 of each device's key, by its code.
        spent: name and SHA-256 of the secret of what was revoked, the last 20,000.
        state: what tells whether device keys or what was revoked changed since.
        sessions: by the SHA-256 of what is in the cookie.
    """

    loaded_at: datetime
    tokens: Mapping[str, KnownToken]
    device_keys: Mapping[str, bytes] = field(repr=False)
    spent: frozenset[tuple[str, bytes]] = field(repr=False)
    state: tuple[int, ...]
    sessions: Mapping[bytes, KnownSession] = field(repr=False)

    def find(self, credential: Credential, now: datetime) -> Identity | None:
        """Return whose credential it is; None: it does not hold."""
        if credential.is_device:
            kept = self.device_keys.get(credential.name, _NOBODYS)
            if not is_same(credential.secret, kept):
                return None
            return Identity(credential.name, Scope.NARROW, device=credential.name)
        token = self.tokens.get(credential.name)
        good = is_same(credential.secret, token.secret_hash if token else _NOBODYS)
        return token.identity if token and good and _holds(token, now) else None

    def held_once(self, credential: Credential, now: datetime) -> bool:
        """Return whether the secret is right, but its time is over: that is no guess."""
        token = None if credential.is_device else self.tokens.get(credential.name)
        if token is not None:
            return is_same(credential.secret, token.secret_hash) and not _holds(token, now)
        return (credential.name, digest(credential.secret)) in self.spent

    def find_session(self, cookie: str, now: datetime) -> Identity | None:
        """Return whose login of the page it is; None: it does not hold."""
        session = self.sessions.get(digest(cookie))
        if session is None or session.expires_at <= now:
            return None
        token = self.tokens.get(session.token_id)
        if token is None or not _holds(token, now):
            return None
        return replace(token.identity, session=digest(cookie))

    def holds(self, identity: Identity, now: datetime) -> bool:
        """Return whether what somebody came in with would let him in now, with the same rights."""
        if identity.device is not None:
            return identity.device in self.device_keys
        token = self.tokens.get(identity.token_id)
        if token is None or not _holds(token, now):
            return False
        if identity.session is not None:
            session = self.sessions.get(identity.session)
            if session is None or session.expires_at <= now:
                return False
        return replace(identity, session=None) == token.identity


def _holds(token: KnownToken, now: datetime) -> bool:
    return token.expires_at is None or now < token.expires_at


async def load_book(connection: AsyncConnection, now: datetime, before: Book | None) -> Book:
    """Read the book.

    Args:
        connection: in no transaction.
        now: the present.
        before: the last one; what seldom changes is taken over where it did not.
    """
    async with connection.transaction():
        # One moment for all of it.
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = await (await connection.execute(query("credentials_state"))).fetchone()
        state = tuple(found or ())
        if before is not None and before.state == state:
            keys, spent = before.device_keys, before.spent
        else:
            rows = await connection.execute(query("load_device_keys"))
            keys = {code: bytes(kept) async for code, kept in rows}
            rows = await connection.execute(query("load_spent"), {"most": _MOST_SPENT})
            spent = frozenset([(name, bytes(kept)) async for name, kept in rows])
        tokens = {
            token_id: KnownToken(
                bytes(kept),
                Identity(
                    name,
                    Scope[scope.upper()],
                    None if communes is None else frozenset(communes),
                    token_id,
                    frozenset(grants),
                ),
                expires_at,
            )
            async for token_id, kept, name, scope, grants, communes, expires_at in (
                await connection.execute(query("load_tokens"))
            )
        }
        rows = await connection.execute(query("load_sessions"), {"now": now})
        sessions = {bytes(kept): KnownSession(token, until) async for kept, token, until in rows}
    return Book(now, tokens, keys, spent, state, sessions)
