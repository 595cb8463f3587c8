"""Webhooks: what other systems post, each to its adapter."""

from typing import Final

import psycopg
from aiohttp import web

from gateway import keys
from gateway.access.identity import check_grant, identity_of
from gateway.bodies import read_body
from gateway.door import keys as door_keys
from gateway.door.foreign import NoInventoryError
from gateway.door.parcel import Parcel
from gateway.problems.problem import not_found, unavailable
from gateway.translation import Incoming
from runtime.broker.errors import PublishError

_ACCEPTED: Final = 202
_KEPT_BACK: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers that no adapter needs and no dead letter may show."""


async def webhook(request: web.Request) -> web.Response:
    """Take a message of another system; 202 once all that it became is safe."""
    name = request.match_info["adapter"]
    check_grant(identity_of(request), f"adapter:{name}")
    foreign = request.app[door_keys.FOREIGN]
    adapter = foreign.adapters.get(name)
    if adapter is None:
        raise not_found(f"adapter {name!r}")
    incoming = await _incoming(request)
    try:
        parcel = await foreign.pack(adapter, incoming, foreign.translate(adapter, incoming))
        await foreign.settle([parcel])
    except PublishError as error:
        raise unavailable(f"the broker does not take it: {error}") from error
    except psycopg.Error as error:
        raise unavailable("the database does not take what is refused of it") from error
    except NoInventoryError as error:
        raise unavailable("there is no inventory yet") from error
    foreign.count(name, parcel)
    return web.json_response(_document(parcel), status=_ACCEPTED)


async def _incoming(request: web.Request) -> Incoming:
    settings = request.app[keys.SETTINGS]
    body = await read_body(request, settings.maximum_body_bytes, settings.body_timeout)
    query = f"?{request.query_string}" if request.query_string else ""
    headers = {
        name.lower(): value
        for name, value in request.headers.items()
        if name.lower() not in _KEPT_BACK
    }
    return Incoming(
        channel="http",
        where=f"{request.match_info.get('tail', '')}{query}",
        body=body,
        received_at=request.app[keys.CLOCK].now(),
        content_type=request.content_type if "Content-Type" in request.headers else None,
        headers=headers,
    )


def _document(parcel: Parcel) -> dict[str, object]:
    return {
        "accepted": parcel.accepted,
        "ignored": parcel.ignored,
        "refused": [
            {"reason": letter.reason, "detail": letter.detail, "device": letter.device}
            for letter in parcel.letters
        ],
    }
