"""What is known: codes that a request names must be there, or the caller is told what is near.

A filter that names nothing would give an empty list, and an empty list means that all is well.
"""

from typing import Any, Final, LiteralString

from psycopg import AsyncConnection

from gateway.api.operation import Asked
from gateway.api.parameters import wrong
from runtime.wording import did_you_mean

_CODES: Final[dict[str, LiteralString]] = {
    "commune": "SELECT commune_code FROM communes WHERE retired_at IS NULL"
    " AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))",
    "village": "SELECT village_code FROM villages WHERE retired_at IS NULL"
    " AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))",
    "operator": "SELECT operator_code FROM operators WHERE retired_at IS NULL",
    "metric": "SELECT metric FROM metrics",
}


async def check_known(
    connection: AsyncConnection, asked: Asked[Any, Any], kind: str, code: str | None
) -> None:
    """Do nothing if there is such a thing for whoever asks, or none was named.

    Args:
        connection: to look on.
        asked: the request; the parameter has the name of the kind.
        kind: commune, village, operator or metric.
        code: of the thing.

    Raises:
        Problem: there is none of that code.
    """
    if code is None:
        return
    cursor = await connection.execute(_CODES[kind], {"scope": asked.scope})
    codes = [each for (each,) in await cursor.fetchall()]
    if code not in codes:
        raise wrong("query", kind, f"there is no such {kind}{did_you_mean(code, codes)}", code)
