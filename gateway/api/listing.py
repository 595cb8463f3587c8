"""Listings: lists in the order of a key that rows keep, given page by page or as one sheet.

A page begins after the key of the last item, never at a count of items: so whatever arrives or
leaves meanwhile, nothing is given twice and nothing is left out that was there all the time.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from gateway.api.cursors import list_digest, read_cursor, write_cursor
from gateway.api.operation import Asked, Form, Lines, Run, Sheet
from gateway.api.sheets import columns_of, flat
from gateway.api.values import MOST_ITEMS, Answer, Page, Paging

Listed = TypeVar("Listed", bound=Answer)
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Listing(Generic[Listed]):
    """A list that can be read from any place on.

    Attributes:
        item: what it lists.
        page: a page of that.
        key: what keys are like.
        key_of: the key of an item; items come in its order.
        fetch: gives so many items after a key; None: from the beginning.
    """

    item: type[Listed]
    page: type[Page[Any]]
    key: TypeAdapter[Any]
    key_of: Callable[[Listed], Key]
    fetch: Callable[[Key | None, int], Awaitable[Sequence[Listed]]]


Prepare = Callable[[Asked[Any, None]], Awaitable[Listing[Any]]]


def listed(name: str, prepare: Prepare) -> Run:
    """Return how a list is answered.

    Args:
        name: of the sheet.
        prepare: checks what is asked, and returns the list of it.
    """

    async def run(asked: Asked[Any, None]) -> Page[Any] | Sheet:
        listing = await prepare(asked)
        digest = list_digest(asked.request.path, _filters(asked.query), asked.identity.communes)
        cursor = asked.query.cursor
        after = None if cursor is None else read_cursor(cursor, digest, listing.key)
        if asked.form is Form.CSV:
            most = asked.query.limit if "limit" in asked.query.model_fields_set else None
            return Sheet(name, columns_of(listing.item), _lines(listing, after, most))
        return await _page(listing, digest, after, asked.query.limit)

    return run


async def _page(listing: Listing[Any], digest: str, after: Key | None, limit: int) -> Page[Any]:
    items = await listing.fetch(after, limit + 1)
    more = len(items) > limit
    items = items[:limit]
    following = write_cursor(digest, listing.key_of(items[-1])) if more else None
    return listing.page(items=items, next=following)


async def _lines(listing: Listing[Any], after: Key | None, most: int | None) -> Lines:
    while most is None or most > 0:
        wanted = MOST_ITEMS if most is None else min(most, MOST_ITEMS)
        items = await listing.fetch(after, wanted)
        if items:
            yield [flat(item) for item in items]
            after = listing.key_of(items[-1])
        if len(items) < wanted:
            return
        most = None if most is None else most - len(items)


def _filters(query: Paging) -> dict[str, object]:
    return query.model_dump(mode="json", exclude={"cursor", "limit", "format"}, exclude_none=True)
