"""How credentials, addresses and places are read, and what is refused at sight."""

import base64
from ipaddress import ip_address

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from gateway.access.addresses import by_tls, client_address, subscriber
from gateway.access.credentials import (
    CredentialError,
    digest,
    is_same,
    make_token,
    parse_authorization,
    parse_token,
)
from gateway.access.guard import check_address
from gateway.access.login import safe_next
from gateway.problems.problem import Problem
from gateway.settings import GatewaySettings

SECRET = "s" * 43


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_a_token_is_recognised_by_its_secret_and_shows_it_nowhere() -> None:
    token = make_token()
    found = parse_authorization(f"bearer {token.text}")

    assert (found.name, found.is_device) == (token.token_id, False)
    assert is_same(found.secret, token.digest)
    assert not is_same(found.secret[:-1] + "~", token.digest)
    assert found.secret not in repr(found) + repr(token)
    assert len({make_token().text for _ in range(100)}) == 100


def test_a_device_shows_its_code_and_key() -> None:
    found = parse_authorization(basic("66-demo-air:a:b"))

    assert (found.name, found.secret, found.is_device) == ("66-demo-air", "a:b", True)
    assert digest("a:b") == digest(found.secret)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer x",
        f"Bearer srp_abcdefghi2_{SECRET}x",
        f"Bearer srp_ABCDEFGHI2_{SECRET}",
        f"Bearer srp_abcdefghi2_{SECRET[:-1]}\x00",
        f"Bearer srp_abcdefghi2_{SECRET} srp_abcdefghi2_{SECRET}",
        f"Token srp_abcdefghi2_{SECRET}",
        "Basic ????",
        "Basic " + base64.b64encode(b"\xff:x").decode(),
        basic("no colon"),
        basic("../etc/passwd:x"),
        basic(":key"),
        basic("x" * 65 + ":key"),
        "Bearer " + "x" * 10_000,
    ],
)
def test_what_is_no_credential_of_ours_is_told_so_without_repeating_it(header: str) -> None:
    with pytest.raises(CredentialError) as refused:
        parse_authorization(header)

    assert SECRET not in str(refused.value)
    with pytest.raises(CredentialError):
        parse_token(header)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "/api//v1",
        "/api/../admin",
        "/api/%2e%2E/admin",
        "/./api",
        "/api/v1/devices/..",
        "/api/v1/devices/..%2fadmin",
        "/api%5cv1",
        "/api\\v1",
        "/api/%00",
        "http://evil.example/api",
        "*",
        "/api/\x01",
        "/api?token=abc",
        "/api?limit=1&Access_Token=abc",
        f"/api?x=srp_abcdefghi2_{SECRET}",
        f"/api?x=%73rp_abcdefghi2_{SECRET}",
        f"/in/srp_abcdefghi2_{SECRET}",
    ],
)
def test_tricks_and_secrets_in_addresses_are_refused_unread(path: str) -> None:
    with pytest.raises(Problem) as refused:
        check_address(path)

    assert refused.value.status == 400
    assert SECRET not in refused.value.detail


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/devices/a.b?from=2026-11-25T00:00:00%2B07:00", "/in/ttn/a:b?port=1..2"]
)
def test_plain_addresses_pass(path: str) -> None:
    check_address(path)


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("/", "/"),
        ("/?commune=24133", "/?commune=24133"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\r\nSet-Cookie: x=y", "/"),
        ("/\t/evil.example", "/"),
        ("/login?next=/login", "/"),
        ("", "/"),
    ],
)
def test_a_login_leads_nowhere_else(asked: str, place: str) -> None:
    assert safe_next(asked) == place


def request_from(peer: str, headers: CIMultiDict[str]) -> web.Request:
    class Transport:
        def get_extra_info(self, name: str, _default: object = None) -> object:
            return (peer, 1) if name == "peername" else None

    return make_mocked_request("GET", "/", headers=headers, transport=Transport())


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("203.0.113.5", "192.0.2.1", "203.0.113.5"),
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.5:1234", "203.0.113.5"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "192.0.2.1:9, 198.51.100.7:80, [fd00::2]:1", "198.51.100.7"),
        ("10.0.0.1", "192.0.2.1:x", "::"),
        ("10.0.0.1", "rubbish", "::"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_only_proxies_that_are_trusted_say_who_asks(peer: str, said: str, client: str) -> None:
    settings = GatewaySettings(trusted_proxies="10.0.0.0/8, fd00::/8")

    headers = CIMultiDict({"X-Forwarded-For": said} if said else {})

    assert str(client_address(request_from(peer, headers), settings.proxies)) == client


@pytest.mark.parametrize(
    ("peer", "addresses", "schemes", "is_tls"),
    [
        ("10.0.0.1", "192.0.2.1", ["https"], True),
        ("10.0.0.1", "192.0.2.1", ["http"], False),
        ("203.0.113.5", "192.0.2.1", ["https"], False),
        ("10.0.0.1", "192.0.2.1, 10.0.0.2", ["https, http"], True),
        ("10.0.0.1", "192.0.2.1, 10.0.0.2", ["http, https"], False),
        ("10.0.0.1", "192.0.2.1, 10.0.0.2", ["HTTPS", "http"], True),
        ("10.0.0.1", "192.0.2.1, 10.0.0.2", ["https"], True),
        # What comes before the trusted proxies' own words is anybody's.
        ("10.0.0.1", "192.0.2.1", ["https, http"], False),
        ("10.0.0.1", "", ["https"], True),
        ("10.0.0.1", "192.0.2.1", [], False),
    ],
)
def test_the_first_trusted_proxy_says_whether_the_client_speaks_tls(
    peer: str, addresses: str, schemes: list[str], *, is_tls: bool
) -> None:
    settings = GatewaySettings(trusted_proxies="10.0.0.0/8")
    headers = CIMultiDict([("X-Forwarded-Proto", scheme) for scheme in schemes])
    if addresses:
        headers["X-Forwarded-For"] = addresses

    assert by_tls(request_from(peer, headers), settings.proxies) is is_tls


def test_guesses_from_one_ipv6_line_are_one_guesser() -> None:
    assert subscriber(ip_address("2001:db8::1:2:3:4")) == subscriber(ip_address("2001:db8::9"))
    assert subscriber(ip_address("::ffff:192.0.2.1")) == "192.0.2.1"
