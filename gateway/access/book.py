"""The book: who may come in, as the database had it a moment ago, looked up without asking it.

All of it is in memory: a province has some thousand devices, and 2,000 uploads a second must not
be 2,000 queries. Only what holds is in it, and hashes only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from psycopg import AsyncConnection

from gateway.access.credentials import Credential, digest, is_same
from gateway.access.identity import Identity, Scope
from gateway.access.queries import query

_NOBODYS = bytes(32)
"""Compared with where there is no such token, so that it takes as long."""


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
        keys_state: what tells whether device keys changed since.
        sessions: by the SHA-256 of what is in the cookie.
    """

    loaded_at: datetime
    tokens: Mapping[str, KnownToken]
    device_keys: Mapping[str, bytes] = field(repr=False)
    keys_state: tuple[int, int]
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
        before: the last one; its device keys are taken over where none changed.
    """
    async with connection.transaction():
        # One moment for all of it.
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        state = await (await connection.execute(query("device_keys_state"))).fetchone()
        keys_state = (state[0], state[1]) if state else (0, 0)
        if before is not None and before.keys_state == keys_state:
            keys = before.device_keys
        else:
            rows = await connection.execute(query("load_device_keys"))
            keys = {code: bytes(kept) async for code, kept in rows}
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
    return Book(now, tokens, keys, keys_state, sessions)
