"""Counters: villages by state, what is stated and what is true, open incidents."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from gateway.api.known import check_known
from gateway.api.models.counters import (
    Counters,
    CountersQuestion,
    OpenIncidents,
    ShareNow,
    StatedShare,
)
from gateway.api.models.places import VillageStates
from gateway.api.operation import Asked, Operation
from gateway.api.places import watched_since
from gateway.api.queries import reading, select_raw
from rules.books.present import Share, load_present
from rules.model import Severity

_DIGITS: Final = 6


async def _counters(asked: Asked[CountersQuestion, None]) -> Counters:
    query = asked.query
    values = {
        "scope": asked.scope,
        "commune": query.commune,
        "operator": query.operator,
        "now": asked.now,
        "watched_since": watched_since(asked.now),
    }
    async with reading(asked.pool) as connection:
        await check_known(connection, asked, "commune", query.commune)
        await check_known(connection, asked, "operator", query.operator)
        villages = await select_raw(connection, "count_villages", values)
        incidents = await select_raw(connection, "count_incidents", values)
        # The books count the province or one commune; an official may have several.
        communes = [query.commune] if query.commune or asked.scope is None else asked.scope
        present = [
            share
            for commune in communes
            for share in await load_present(connection, asked.now, commune, query.operator)
        ]
    return Counters(
        at=asked.now,
        watching=any(row["watching"] for row in villages),
        villages=_states(villages, "villages"),
        households=_states(villages, "households"),
        shares=_shares(present),
        incidents=_incidents(incidents),
    )


def _states(rows: Sequence[dict[str, Any]], column: str) -> VillageStates:
    counts = dict.fromkeys(VillageStates.model_fields, 0)
    return VillageStates(**counts | {row["state"]: row[column] for row in rows})


def _incidents(rows: Sequence[dict[str, Any]]) -> OpenIncidents:
    counts = {str(severity): 0 for severity in Severity}
    counts |= {row["severity"]: row["incidents"] for row in rows}
    return OpenIncidents(**counts, unacknowledged=sum(row["unacknowledged"] for row in rows))


def _shares(present: Sequence[Share]) -> list[StatedShare]:
    """Return the shares of all communes together, each weighted by what it is a share of."""
    by_name: dict[str, list[Share]] = defaultdict(list)
    for share in present:
        by_name[share.name].append(share)
    return [_together(shares) for shares in by_name.values()]


def _together(shares: Sequence[Share]) -> StatedShare:
    whole = sum(share.whole for share in shares)

    def mean(values: Sequence[float]) -> float:
        weighed = zip(shares, values, strict=True)
        total = sum(share.whole * value for share, value in weighed) / (whole or 1)
        return round(min(max(total, 0.0), 1.0), _DIGITS)

    return StatedShare(
        name=shares[0].name,
        stated=shares[0].stated,
        built=mean([share.built for share in shares]),
        now=ShareNow(
            least=mean([share.now.least for share in shares]),
            most=mean([share.now.most for share in shares]),
        ),
        unknown=mean([share.unknown for share in shares]),
        whole=round(whole),
    )


OPERATIONS: Final = (
    Operation(
        name="getCounters",
        method="GET",
        path="/api/v1/counters",
        tag="counters",
        summary="Villages by state, and the stated shares beside what is true now",
        description="Stated: 100 % of villages with broadband, 99.9 % of people with 4G, 26 % with"
        " 5G. What is unknown is between `least` and `most`.",
        query=CountersQuestion,
        answer=Counters,
        run=_counters,
    ),
)
"""What can be asked of the present."""
