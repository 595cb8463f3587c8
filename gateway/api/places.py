"""Communes, villages, sites and links, as they are at present."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from gateway.api.known import check_known
from gateway.api.listing import Key, Listing, listed
from gateway.api.models.places import (
    Commune,
    CommunePage,
    Link,
    LinkPage,
    LinkQuestion,
    ListQuestion,
    Site,
    SiteDetail,
    SitePage,
    SiteQuestion,
    Village,
    VillageDetail,
    VillagePage,
    VillageQuestion,
)
from gateway.api.operation import Asked, NoQuestion, Operation
from gateway.api.queries import reading, select, select_raw
from gateway.api.values import MOST_ITEMS, Answer, Page
from gateway.problems.problem import not_found
from rules.books.present import WATCHED_WITHIN

CODE_KEY: Final = TypeAdapter(tuple[str])
"""The key of lists that are in the order of codes."""

_Listed = TypeVar("_Listed", bound=Answer)
_TAG: Final = "places"


def by_code(
    asked: Asked[Any, None],
    item: type[_Listed],
    page: type[Page[Any]],
    name: str,
    values: dict[str, Any],
) -> Listing[_Listed]:
    """Return a list in the order of codes.

    Args:
        asked: the request.
        item: what it lists; has a `code`.
        page: a page of that.
        name: of the query.
        values: of its parameters, without place and limit.
    """

    async def fetch(after: Key | None, limit: int) -> Sequence[_Listed]:
        place = {"after": after and after[0], "limit": limit, "scope": asked.scope}
        async with reading(asked.pool) as connection:
            return await select(connection, item, name, values | place)

    return Listing(item, page, CODE_KEY, lambda one: (getattr(one, "code"),), fetch)  # noqa: B009


def watched_since(now: datetime) -> datetime:
    """Return since when somebody must have watched, for states to be known."""
    return now - WATCHED_WITHIN


async def _communes(asked: Asked[ListQuestion, None]) -> Listing[Commune]:
    values = {"watched_since": watched_since(asked.now)}
    return by_code(asked, Commune, CommunePage, "list_communes", values)


async def _villages(asked: Asked[VillageQuestion, None]) -> Listing[Village]:
    query = asked.query
    async with reading(asked.pool) as connection:
        await check_known(connection, asked, "commune", query.commune)
    values = {
        "watched_since": watched_since(asked.now),
        "village": None,
        "commune": query.commune,
        "state": query.state,
    }
    return by_code(asked, Village, VillagePage, "list_villages", values)


async def _links(asked: Asked[LinkQuestion, None]) -> Listing[Link]:
    query = asked.query
    async with reading(asked.pool) as connection:
        await check_known(connection, asked, "commune", query.commune)
        await check_known(connection, asked, "village", query.village)
        await check_known(connection, asked, "operator", query.operator)
    values = {
        "watched_since": watched_since(asked.now),
        "link": None,
        "commune": query.commune,
        "village": query.village,
        "operator": query.operator,
        "state": query.state,
    }
    return by_code(asked, Link, LinkPage, "list_links", values)


async def _sites(asked: Asked[SiteQuestion, None]) -> Listing[Site]:
    query = asked.query
    async with reading(asked.pool) as connection:
        await check_known(connection, asked, "commune", query.commune)
        await check_known(connection, asked, "operator", query.operator)
    values = {"site": None, "commune": query.commune, "operator": query.operator}
    return by_code(asked, Site, SitePage, "list_sites", values)


async def _village(asked: Asked[NoQuestion, None]) -> VillageDetail:
    village = asked.path["village"]
    values: dict[str, Any] = {
        "scope": asked.scope,
        "watched_since": watched_since(asked.now),
        "village": village,
        "after": None,
        "limit": MOST_ITEMS,
    } | dict.fromkeys(("commune", "state", "link", "operator"))
    async with reading(asked.pool) as connection:
        found = await select(connection, Village, "list_villages", values)
        if not found:
            raise not_found(f"village {village}")
        links = await select(connection, Link, "list_links", values)
        devices = await select_raw(connection, "village_devices", values)
    return VillageDetail(
        **found[0].model_dump(), links=links, devices=[row["code"] for row in devices]
    )


async def _link(asked: Asked[NoQuestion, None]) -> Link:
    link = asked.path["link"]
    values: dict[str, Any] = {
        "scope": asked.scope,
        "watched_since": watched_since(asked.now),
        "link": link,
        "limit": 1,
    } | dict.fromkeys(("commune", "village", "operator", "state", "after"))
    async with reading(asked.pool) as connection:
        found = await select(connection, Link, "list_links", values)
    if not found:
        raise not_found(f"link {link}")
    return found[0]


async def _site(asked: Asked[NoQuestion, None]) -> SiteDetail:
    site = asked.path["site"]
    values: dict[str, Any] = {"scope": asked.scope, "site": site, "limit": 1}
    values |= dict.fromkeys(("commune", "operator", "after"))
    async with reading(asked.pool) as connection:
        found = await select(connection, Site, "list_sites", values)
        if not found:
            raise not_found(f"site {site}")
        parts = await select_raw(connection, "site_parts", values)
    return SiteDetail(**found[0].model_dump(), **parts[0])


OPERATIONS: Final = (
    Operation(
        name="listCommunes",
        method="GET",
        path="/api/v1/communes",
        tag=_TAG,
        summary="Communes and wards, with their villages by state",
        query=ListQuestion,
        answer=CommunePage,
        sheet=True,
        run=listed("communes", _communes),
    ),
    Operation(
        name="listVillages",
        method="GET",
        path="/api/v1/villages",
        tag=_TAG,
        summary="Villages and their states",
        query=VillageQuestion,
        answer=VillagePage,
        sheet=True,
        run=listed("villages", _villages),
    ),
    Operation(
        name="getVillage",
        method="GET",
        path="/api/v1/villages/{village}",
        tag=_TAG,
        summary="One village, with its links and devices",
        answer=VillageDetail,
        run=_village,
    ),
    Operation(
        name="listSites",
        method="GET",
        path="/api/v1/sites",
        tag=_TAG,
        summary="Places with radio or access equipment",
        query=SiteQuestion,
        answer=SitePage,
        sheet=True,
        run=listed("sites", _sites),
    ),
    Operation(
        name="getSite",
        method="GET",
        path="/api/v1/sites/{site}",
        tag=_TAG,
        summary="One site, with what hangs on it",
        answer=SiteDetail,
        run=_site,
    ),
    Operation(
        name="listLinks",
        method="GET",
        path="/api/v1/links",
        tag=_TAG,
        summary="Links and their states",
        query=LinkQuestion,
        answer=LinkPage,
        sheet=True,
        run=listed("links", _links),
    ),
    Operation(
        name="getLink",
        method="GET",
        path="/api/v1/links/{link}",
        tag=_TAG,
        summary="One link and its state",
        answer=Link,
        run=_link,
    ),
)
"""What can be asked about places."""
