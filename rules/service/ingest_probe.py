"""Ingest, seen from outside: does it say that it does its work?"""

from typing import Final

import aiohttp

_TIMEOUT: Final = aiohttp.ClientTimeout(total=3)
_OK: Final = 200


async def ingest_is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    """Ask ingest's `/readyz`.

    That the database is away is known otherwise: for that alone ingest is not taken to be down.
    """
    try:
        async with http.get(url, timeout=_TIMEOUT) as answer:
            if answer.status == _OK:
                return True
            missing = (await answer.json()).get("missing", {})
            return set(missing) == {"database"}
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError, AttributeError):
        return False
