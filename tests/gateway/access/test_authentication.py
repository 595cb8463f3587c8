"""Who gets in, who does not, and what is written down of it; over HTTP, with a real database."""

import asyncio
import base64
import socket
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from gateway.access.credentials import make_token as fresh_token
from gateway.access.device_keys import Enrolment
from gateway.access.doorkeeper import ACCESS
from gateway.access.guesses import ADDRESS_TRIES, PAIR_TRIES
from gateway.access.identity import Scope
from gateway.access.tokens import revoke_token
from runtime.clock import SystemClock
from runtime.database.connection import connect
from tests.gateway.access.house import House, ShiftedClock, open_house
from tests.gateway.gateway_world import settings_of
from tests.gateway.tokens import bearer
from tests.proxy import FaultProxy
from tests.waiting import DEADLINE, eventually, eventually_true

pytestmark = pytest.mark.servers


async def revoke(house: House, token_id: str) -> None:
    async with await connect(house.owner, "tests") as connection:
        await revoke_token(connection, token_id, actor="tests", now=SystemClock().now())


def basic(code: str, key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{code}:{key}".encode()).decode()}


async def test_a_token_does_what_its_scope_allows_from_the_moment_it_is_made(house: House) -> None:
    viewer = (await house.token(Scope.VIEWER)).text
    assert await house.status("/test/see", viewer) == 200
    assert await house.status("/test/do", viewer, method="POST") == 403
    operator = (await house.token(Scope.OPERATOR)).text
    assert await house.status("/test/do", operator, method="POST") == 200
    assert await house.status("/test/see") == 401
    assert await house.status("/test/anyone") == 200


async def test_a_grant_is_for_one_adapter_and_nothing_else(house: House) -> None:
    narrow = (await house.token(Scope.NARROW, "adapter:chirpstack")).text

    assert await house.status("/test/adapters/chirpstack", narrow, method="POST") == 200
    assert await house.status("/test/adapters/ttn", narrow, method="POST") == 403
    # What comes through an adapter may be of any device.
    commune = house.inventory.communes[0].code
    local = (await house.token(Scope.OPERATOR, "adapter:chirpstack", communes=[commune])).text
    assert await house.status("/test/adapters/chirpstack", local, method="POST") == 403
    assert await house.status("/test/see", narrow) == 403


async def test_another_communes_things_do_not_exist_for_an_official_and_asking_is_noted(
    house: House,
) -> None:
    mine, other = (commune.code for commune in house.inventory.communes[:2])
    token = await house.token(Scope.OPERATOR, communes=(mine,), name="Official of one commune")

    assert await house.status(f"/test/communes/{mine}", token.text, method="POST") == 200
    assert await house.status(f"/test/communes/{other}", token.text, method="POST") == 404
    async with (
        house.client.post("/test/communes/nowhere", headers=bearer(token.text)) as absent,
        house.client.post(f"/test/communes/{other}", headers=bearer(token.text)) as foreign,
    ):
        assert (await absent.text()).replace("nowhere", other) == await foreign.text()

    async def noted() -> bool:
        await house.doorkeeper.look_again()
        return bool(
            await house.rows(
                "SELECT 1 FROM access_entries WHERE kind = 'change_refused' AND actor = %s"
                " AND subject = %s",
                "Official of one commune",
                f"POST /test/communes/{other}",
            )
        )

    await eventually_true(noted)


async def test_a_revoked_token_is_refused_at_once_and_an_expired_one_in_time(
    house: House,
) -> None:
    token = await house.token()
    assert await house.status("/test/see", token.text) == 200
    await revoke(house, token.token_id)

    async def refused() -> bool:
        return await house.status("/test/see", token.text) == 401

    await eventually_true(refused)
    clock = ShiftedClock()
    short = await house.token(life=timedelta(minutes=5))
    async with (
        open_house(house.login, clock=clock) as running,
        aiohttp.ClientSession(running.url) as client,
    ):
        async with client.get("/test/see", headers=bearer(short.text)) as answer:
            assert answer.status == 200
        clock.shift = timedelta(minutes=5, seconds=1)
        async with client.get("/test/see", headers=bearer(short.text)) as answer:
            assert answer.status == 401


async def test_a_device_uploads_as_itself_with_its_key_and_with_no_older_one(house: House) -> None:
    first, second = (device.code for device in house.inventory.devices[:2])
    key = await house.device_key(first)

    assert (
        await house.status(f"/test/upload/{first}", headers=basic(first, key), method="POST") == 200
    )
    assert (
        await house.status(f"/test/upload/{second}", headers=basic(first, key), method="POST")
        == 403
    )
    assert await house.status("/test/see", headers=basic(first, key)) == 403
    assert await house.status("/test/anyone", headers=basic(second, key)) == 401
    async with house.client.get("/test/anyone", headers=basic(first, "wrong")) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


async def test_guessing_is_locked_out_and_only_where_it_comes_from(house: House) -> None:
    token = await house.token()
    wrong = token.text[:-2] + ("AA" if token.text[-2:] != "AA" else "BB")
    guesser, user = {"X-Forwarded-For": "192.0.2.66"}, {"X-Forwarded-For": "192.0.2.67"}
    for _ in range(PAIR_TRIES):
        assert await house.status("/test/see", wrong, headers=guesser) == 401

    async with house.client.get("/test/see", headers=bearer(token.text) | guesser) as answer:
        assert answer.status == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 2
        assert token.text not in await answer.text()
    assert await house.status("/test/see", token.text, headers=user) == 200
    await house.doorkeeper.look_again()
    assert await house.rows(
        "SELECT actor FROM access_entries WHERE kind = 'locked_out' AND subject = %s",
        token.token_id,
    ) == [("192.0.2.66",)]


async def test_what_held_once_is_no_guess_and_locks_out_nobody(house: House) -> None:
    address, clock = {"X-Forwarded-For": "192.0.2.88"}, ShiftedClock()
    device = house.inventory.devices[5].code
    revoked, expired = await house.token(), await house.token(life=timedelta(minutes=5))
    old_key = await house.device_key(device)
    async with await connect(house.owner, "tests") as connection:
        enrolment = Enrolment(connection, None, "tests", clock.now())
        await enrolment.rotate([device])
    await revoke(house, revoked.token_id)
    over = (bearer(revoked.text), bearer(expired.text), basic(device, old_key))
    clock.shift = timedelta(minutes=6)
    async with (
        open_house(house.login, clock=clock) as running,
        aiohttp.ClientSession(running.url, headers=address) as client,
    ):
        for headers in over:
            for _ in range(ADDRESS_TRIES):
                async with client.get("/test/see", headers=headers) as answer:
                    assert answer.status == 401
                    assert "holds no longer" in await answer.text()
        async with client.get("/test/see", headers=bearer((await house.token()).text)) as answer:
            assert answer.status == 200


async def test_refusals_are_counted_by_their_reason(house: House) -> None:
    guesser = {"X-Forwarded-For": "192.0.2.68"}
    reasons = ("unauthenticated", "forbidden", "secret-in-url", "locked-out", "too-many-requests")

    def counted() -> list[float]:
        return [house.serving.metric("refusals_total", reason=each) for each in reasons]

    async def log_in() -> int:
        wrong, headers = {"token": "srp_wrong"}, guesser | {"Origin": house.serving.url}
        async with house.client.post("/login", data=wrong, headers=headers) as answer:
            return answer.status

    before = counted()
    viewer = await house.token()
    assert await house.status("/test/see") == 401
    assert await house.status("/test/do", viewer.text, method="POST") == 403
    assert await house.status("/test/see?token=x") == 400
    assert [await log_in() for _ in range(PAIR_TRIES + 1)] == [401] * PAIR_TRIES + [429]
    gone_up = [now - then for now, then in zip(counted(), before, strict=True)]
    assert gone_up == [1 + PAIR_TRIES, 1, 1, 1, 0]


async def test_any_number_of_guesses_at_once_is_no_way_around(house: House) -> None:
    guesser = {"X-Forwarded-For": "192.0.2.77"}
    guesses = [fresh_token().text for _ in range(3 * ADDRESS_TRIES)]
    statuses = await asyncio.gather(
        *(house.status("/test/see", each, headers=guesser) for each in guesses)
    )

    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 2 * ADDRESS_TRIES


async def test_malformed_requests_get_in_nowhere_and_break_nothing(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    token = (await house.token()).text
    assert await house.status("/test/see?access_token=" + token) == 400
    assert await house.status("/test/see", headers={"Authorization": "Bearer " + "x" * 5000}) == 401
    assert (
        await house.status("/test/see", headers={"Cookie": "srepok-session=" + "x" * 5000}) == 401
    )
    assert await house.status("/test/see", headers={"Cookie": "srepok-session=\xe9"}) == 401
    for lines in (
        f"Authorization: Bearer {token}\r\nAuthorization: Bearer {token}",
        f"Authorization: Bearer {token}\r\nauthorization: Basic eDp5",
        f"X: {'y' * 20_000}",
        "Host: a\r\nHost: b",
        f"Authorization: Bearer {token}\x00",
        f"Authorization : Bearer {token}",
        f"Authorization: Bearer {token}\r\nContent-Length: x",
    ):
        assert await _raw(house, f"GET /test/see HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n") == 400
    for path in ("//test/see", "/test/..%2fsee", "/test/%2e%2e/test/see", "/test%5csee"):
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        assert await _raw(house, request) == 400
    assert await house.status("/test/see", token) == 200
    said = capsys.readouterr()
    assert token[15:] not in caplog.text + said.out + said.err


async def _raw(house: House, text: str) -> int:
    """Send what a client library would not; return the status."""
    port = house.serving.service.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port, family=socket.AF_INET)
    try:
        writer.write(text.encode())
        line = await asyncio.wait_for(reader.readline(), DEADLINE)
        return int(line.split()[1])
    finally:
        writer.close()


async def test_every_answer_tells_browsers_what_our_pages_never_do(house: House) -> None:
    for path in ("/test/anyone", "/no/such/place", "/login"):
        async with house.client.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Server"] == "srepok"
            assert "Strict-Transport-Security" not in answer.headers


async def test_an_address_of_another_host_is_refused_where_hosts_are_named(house: House) -> None:
    settings = settings_of(hosts="127.0.0.1, srepok.example")
    async with (
        open_house(house.login, settings) as running,
        aiohttp.ClientSession(running.url) as client,
    ):
        for host, status in (("srepok.example:8080", 200), ("evil.example", 400)):
            async with client.get("/test/anyone", headers={"Host": host}) as answer:
                assert answer.status == status


async def test_the_hour_of_last_use_is_kept(house: House) -> None:
    token = await house.token()
    await house.status("/test/see", token.text)
    await house.doorkeeper.look_again()

    ((hour, minute),) = await house.rows(
        "SELECT last_used_at > now() - interval '2 hours', extract(minute FROM last_used_at)"
        " FROM api_tokens WHERE token_id = %s",
        token.token_id,
    )
    assert (hour, minute) == (True, 0)


async def test_while_the_database_is_away_whoever_is_known_goes_on(house: House) -> None:
    known, revoked = await house.token(), await house.token()
    parameters = house.login.parameters
    clock = ShiftedClock()
    async with FaultProxy(parameters["host"], int(parameters["port"])) as proxy:
        through = {"host": "127.0.0.1", "port": str(proxy.port)}
        address = replace(house.login, parameters={**parameters, **through})
        settings = settings_of(access_trust=timedelta(hours=1))
        async with (
            open_house(address, settings, clock) as running,
            aiohttp.ClientSession(running.url) as client,
        ):
            await running.ready(without=frozenset({"broker"}))
            proxy.cut_after_bytes = 0
            proxy.cut()
            await eventually(lambda: running.service.app[ACCESS].failure is not None)

            async def status(text: str) -> int:
                async with client.get("/test/see", headers=bearer(text)) as answer:
                    return answer.status

            assert await status(known.text) == 200
            await revoke(house, revoked.token_id)
            stranger = await house.token()
            assert await status(stranger.text) == 503
            clock.shift = timedelta(hours=1, minutes=1)
            assert await status(known.text) == 503
            clock.shift = timedelta(0)
            proxy.cut_after_bytes = None

            async def back() -> bool:
                return [await status(each.text) for each in (stranger, revoked)] == [200, 401]

            await eventually_true(back)
