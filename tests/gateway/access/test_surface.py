"""Every route that the gateway has, whoever added it: nobody and the wrong somebody get nothing."""

import base64
import re

import pytest

from gateway.access.identity import Scope
from tests.gateway.access.house import House
from tests.gateway.tokens import bearer

pytestmark = pytest.mark.servers

FOR_ANYBODY = re.compile(
    r"/login|/login\.css|/logout|/test/anyone|/static(/.*)?|/api/openapi\.json|/api/docs(\.css)?"
)
"""What is open, and nothing else: a new route that is not behind a door fails here."""


def routes(house: House) -> list[tuple[str, str]]:
    """Return method and address of each route that somebody must be let in to."""
    found = []
    for route in house.serving.service.app.router.routes():
        assert route.resource is not None
        path = route.resource.canonical
        if not FOR_ANYBODY.fullmatch(path) and route.method != "HEAD":
            found.append((route.method, re.sub(r"\{[^}]*\}", "x", path)))
    assert len(found) > 10
    return found


async def test_nobody_gets_in_anywhere(house: House) -> None:
    for method, path in routes(house):
        async with house.client.request(method, path, allow_redirects=False) as answer:
            is_page = answer.status == 303 and answer.headers["Location"].startswith("/login")
            assert answer.status == 401 or is_page, f"{method} {path}: {answer.status}"


async def test_a_device_and_a_system_of_another_adapter_get_in_nowhere(house: House) -> None:
    code = house.inventory.devices[20].code
    pair = f"{code}:{await house.device_key(code)}".encode()
    device = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    system = bearer((await house.token(Scope.NARROW, "adapter:none")).text)
    for method, path in routes(house):
        for headers in (device, system):
            if headers is device and path.startswith("/v1/"):
                continue
            status = await house.status(path, method=method, headers=headers)
            assert status in {403, 404}, f"{method} {path}: {status}"
