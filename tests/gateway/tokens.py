"""Tokens for tests, made as the database's owner makes them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from gateway.access.credentials import FreshToken
from gateway.access.identity import Scope
from gateway.access.tokens import TokenRequest, create_token
from runtime.database.connection import DatabaseAddress, connect


async def make_token(
    owner: DatabaseAddress,
    scope: Scope,
    *grants: str,
    communes: tuple[str, ...] = (),
    life: timedelta | None = None,
    name: str | None = None,
) -> FreshToken:
    wanted = TokenRequest(name or f"test {uuid4().hex[:8]}", scope, grants, communes, life)
    async with await connect(owner, "tests") as connection:
        return await create_token(connection, wanted, actor="tests", now=datetime.now(UTC))


def bearer(token: str | None) -> dict[str, str]:
    """Return the headers of a request with a token; None: without."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}
