"""The login of the live page: in with a token, out again, and nothing by another site's hand."""

import asyncio
import re
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import aiohttp
import pytest

from gateway.access.credentials import digest
from gateway.access.csrf import CSRF_FIELD, CSRF_HEADER, csrf_token
from gateway.access.fields import FORM
from gateway.access.identity import Scope
from gateway.access.sessions import MOST_EACH
from gateway.access.tokens import revoke_token
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from tests.gateway.access.house import House, ShiftedClock, open_house
from tests.waiting import DEADLINE, eventually_true

pytestmark = pytest.mark.servers

NAME = "srepok-session"


def origin_of(house: House) -> dict[str, str]:
    return {"Origin": house.serving.url}


def carrying(cookie: str) -> dict[str, str]:
    return {"Cookie": f"{NAME}={cookie}"}


async def log_in(house: House, token: str, **headers: str) -> str:
    """Log in; return what the cookie holds."""
    async with house.client.post(
        "/login",
        data={"token": token, "next": "/test/see"},
        headers=origin_of(house) | headers,
        allow_redirects=False,
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/test/see")
        return _cookie(answer)


def _cookie(answer: aiohttp.ClientResponse) -> str:
    (line,) = answer.headers.getall("Set-Cookie")
    (morsel,) = SimpleCookie(line).values()
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Strict", "/")
    assert morsel["domain"] == ""
    return morsel.value


async def test_a_login_opens_the_page_and_a_new_one_ends_the_old(house: House) -> None:
    token = await house.token()
    first = await log_in(house, token.text)
    assert await house.status("/test/see", headers=carrying(first)) == 200
    second = await log_in(house, token.text, **carrying(first))

    assert first != second
    assert await house.status("/test/see", headers=carrying(first)) == 401
    assert await house.status("/test/see", headers=carrying(second)) == 200
    kept = await house.rows(
        "SELECT session_hash FROM page_sessions WHERE token_id = %s", token.token_id
    )
    assert [bytes(each) for (each,) in kept] == [digest(second)]
    assert await house.rows(
        "SELECT kind FROM access_entries WHERE subject = %s ORDER BY entry_id", token.token_id
    ) == [("token_created",), ("session_opened",), ("session_opened",)]


async def test_of_one_token_so_many_logins_hold_and_no_more(house: House) -> None:
    token = await house.token()
    await house.rows(
        "INSERT INTO page_sessions (session_hash, token_id, created_at, expires_at)"
        " SELECT sha256((%s || each)::bytea), %s, now() - each * INTERVAL '1 minute',"
        " now() + INTERVAL '1 hour' FROM generate_series(1, %s) AS each",
        *(token.token_id, token.token_id, MOST_EACH + 5),
    )
    newest = await log_in(house, token.text)

    kept = await house.rows(
        "SELECT session_hash = %s, created_at > now() - %s * INTERVAL '1 minute'"
        " FROM page_sessions WHERE token_id = %s ORDER BY created_at DESC",
        *(digest(newest), MOST_EACH, token.token_id),
    )
    assert kept == [(True, True)] + [(False, True)] * (MOST_EACH - 1)


async def test_a_change_with_a_cookie_needs_the_pages_token_and_origin(house: House) -> None:
    cookie = await log_in(house, (await house.token(Scope.OPERATOR)).text)
    ours, token = origin_of(house), csrf_token(cookie)

    async def do(headers: dict[str, str], data: object = None) -> int:
        return await house.status(
            "/test/do", method="POST", headers=carrying(cookie) | headers, data=data
        )

    assert await do({**ours, CSRF_HEADER: token}) == 200
    assert await do(ours, {CSRF_FIELD: token}) == 200
    assert await do({"Referer": f"{house.serving.url}/x", CSRF_HEADER: token}) == 200
    assert await do({}) == 403
    assert await do(ours) == 403
    assert await do({CSRF_HEADER: token}) == 403
    assert await do({"Origin": "http://evil.example", CSRF_HEADER: token}) == 403
    assert await do({"Origin": "null", CSRF_HEADER: token}) == 403
    assert await do({**ours, CSRF_HEADER: csrf_token(cookie + "x")}) == 403


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Origin": "http://[ours"}, b"token=x", 403),
        ({"Content-Type": f"{FORM}; charset=nosuch"}, b"token=x", 401),
        ({"Content-Type": FORM}, b"token=\xff%ff&lang=%ff", 401),
        ({"Content-Type": FORM}, b"&".join([b"token=x"] * 1_000), 400),
        ({"Content-Type": FORM}, b"token=" + b"x" * 100_000, 413),
        ({"Content-Type": "multipart/form-data"}, b"token=x", 415),
        ({"Content-Type": "text/plain"}, b"token=x", 415),
        # Promises more than it sends.
        ({"Content-Type": FORM, "Content-Length": "100"}, b"token=x", 400),
    ],
)
async def test_a_form_that_no_page_of_ours_sends_is_refused_and_not_waited_for(
    house: House, headers: dict[str, str], body: bytes, status: int
) -> None:
    # From addresses of their own: wrong tokens count.
    address = {"X-Forwarded-For": f"203.0.113.{len(body) % 250}"}
    reader, writer = await asyncio.open_connection("127.0.0.1", house.serving.service.port)
    sent = {
        "Host": urlsplit(house.serving.url).netloc,
        "Connection": "close",
        "Content-Length": str(len(body)),
    }
    lines = [
        f"{name}: {text}" for name, text in (sent | origin_of(house) | address | headers).items()
    ]
    writer.write("\r\n".join(["POST /login HTTP/1.1", *lines, "", ""]).encode() + body)
    answer = await asyncio.wait_for(reader.readline(), DEADLINE)
    writer.close()

    assert answer.split()[1] == str(status).encode()


async def test_logging_out_ends_the_login_everywhere(house: House) -> None:
    cookie = await log_in(house, (await house.token()).text)
    headers = carrying(cookie) | origin_of(house)
    assert await house.status("/logout", method="POST", headers=headers) == 403
    async with house.client.post(
        "/logout", data={CSRF_FIELD: csrf_token(cookie)}, headers=headers, allow_redirects=False
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        assert "Max-Age=0" in answer.headers["Set-Cookie"]

    async with house.client.get("/test/anyone", headers=carrying(cookie)) as answer:
        assert await answer.json() == {"name": None}
        # The browser holds what no longer means anything.
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert (
        await house.rows("SELECT 1 FROM page_sessions WHERE session_hash = %s", digest(cookie))
        == []
    )


async def test_a_login_ends_with_its_token_and_with_time(house: House) -> None:
    token = await house.token()
    cookie = await log_in(house, token.text)
    clock = ShiftedClock()
    async with (
        open_house(house.login, clock=clock) as running,
        aiohttp.ClientSession(running.url) as client,
    ):
        async with client.get("/test/see", headers=carrying(cookie)) as answer:
            assert answer.status == 200
        clock.shift = timedelta(hours=12, seconds=1)
        async with client.get("/test/see", headers=carrying(cookie)) as answer:
            assert answer.status == 401
    async with await connect(house.owner, "tests") as connection:
        await revoke_token(connection, token.token_id, actor="tests", now=SystemClock().now())

    async def refused() -> bool:
        return await house.status("/test/see", headers=carrying(cookie)) == 401

    await eventually_true(refused)


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_the_form_says_in_both_languages_what_is_wrong(house: House, language: str) -> None:
    narrow = (await house.token(Scope.NARROW, "adapter:x")).text
    address = {"X-Forwarded-For": f"192.0.2.{1 if language == 'en' else 2}"}
    for text, status in ((narrow, 403), ("nonsense", 401), (narrow[:-1] + "~", 401)):
        async with house.client.post(
            "/login",
            data={"token": text, "lang": language, "next": '/"><script>'},
            headers=origin_of(house) | address,
        ) as answer:
            page = await answer.text()
            assert answer.status == status
            assert "Set-Cookie" not in answer.headers
        assert f'<html lang="{language}">' in page
        assert 'role="alert"' in page
        assert 'aria-invalid="true"' in page
        assert text not in page
        assert "<script" not in page
        assert re.search(r'<label for="token">[^<]+</label>', page)


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_browser_is_shown_a_page_while_nobody_can_be_known() -> None:
    nowhere = DatabaseAddress.from_url("postgresql://gateway@127.0.0.1:1/none")
    async with open_house(nowhere) as away, aiohttp.ClientSession(away.url) as client:
        await away.ready(without=frozenset({"broker", "database", "access"}))
        for language in ("vi", "en"):
            headers = BROWSER | carrying("x" * 43) | {"Accept-Language": f"{language},de;q=0.5"}
            async with client.get("/?incident=x5", headers=headers) as answer:
                page = await answer.text()
            assert (answer.status, answer.content_type) == (503, "text/html")
            assert f'<html lang="{language}">' in page
            assert f'http-equiv="refresh" content="{answer.headers["Retry-After"]}"' in page
            assert '<a href="/?incident=x5">' in page
            assert "<script" not in page
        async with client.get("/", headers=carrying("x" * 43)) as answer:
            assert (answer.status, answer.content_type) == (503, "application/problem+json")
        assert away.metric("refusals_total", reason="unavailable") == 3


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/nowhere", 404, "text/html"),
        ("/nowhere?token=srp_x", 400, "text/html"),
        ("/nowhere?next=//evil.example", 404, "text/html"),
        ("/api/v1/nowhere", 404, "application/problem+json"),
    ],
)
async def test_people_read_pages_and_programs_problems(
    house: House, path: str, status: int, kind: str
) -> None:
    async with house.client.get(path, headers=BROWSER) as answer:
        said = await answer.text()
        assert (answer.status, answer.content_type) == (status, kind)
    assert "srp_x" not in said
    assert "evil" not in said


async def test_another_sites_form_logs_nobody_in_or_out(house: House) -> None:
    token = (await house.token()).text
    for headers in ({}, {"Origin": "https://evil.example"}):
        assert (
            await house.status("/login", method="POST", data={"token": token}, headers=headers)
            == 403
        )
        assert await house.status("/logout", method="POST", headers=headers) == 403


async def test_the_form_needs_nothing_but_its_own_style(house: House) -> None:
    async with house.client.get("/login?next=//evil.example&lang=en") as answer:
        page = await answer.text()
    assert 'name="next" value="/"' in page
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == [
        "/login.css",
        "/login?lang=vi&amp;next=/",
    ]
    assert await house.status("/login.css") == 200
