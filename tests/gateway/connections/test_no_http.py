"""What is no HTTP is answered as everything else is, and repeats nothing."""

import json

import pytest

from tests.gateway.connections.callers import calling, open_gateway
from tests.gateway.gateway_world import settings_of

GET = "GET /login HTTP/1.1\r\nHost: x\r\n"
POST = "POST /test/take HTTP/1.1\r\nHost: x\r\n"
SECRET = "srp_aaaaaaaaaa_secret"

NO_HTTP = {
    "method": "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
    "long address": f"GET /{'x' * 9_000} HTTP/1.1\r\nHost: x\r\n\r\n",
    "long header": f"{GET}X: {'y' * 20_000}\r\n\r\n",
    "many headers": GET + "".join(f"X-{number}: 1\r\n" for number in range(100)) + "\r\n",
    "secret": f"{GET}Authorization: Bearer {SECRET}\x00\r\n\r\n",
    "two lengths": f"{POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "length and chunks": f"{POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunk": f"{POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "TLS": "\x16\x03\x01\x00\xee\x01\x00\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP.keys())
async def test_what_is_no_http_is_a_problem_too(sent: str) -> None:
    async with open_gateway(settings_of()) as running, calling(running) as call:
        before = running.metric("refusals_total", reason="malformed")
        heard = (await (await call(sent.encode("latin-1"))).heard()).decode()

        head, _, body = heard.partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 400 Bad Request")
        for line in (
            "Content-Type: application/problem+json",
            "Server: srepok",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ):
            assert line in head.splitlines()
        assert json.loads(body)["type"] == "/api/docs#problem-malformed"
        assert "secret" not in heard
        assert running.metric("refusals_total", reason="malformed") == before + 1


async def test_an_expectation_that_nobody_meets_is_a_problem() -> None:
    async with open_gateway(settings_of()) as running, calling(running) as call:
        sent = f"{GET}Expect: miracles\r\nConnection: close\r\n\r\n"
        head, _, body = (await (await call(sent.encode())).heard()).decode().partition("\r\n\r\n")

        assert head.startswith("HTTP/1.1 417")
        assert "Server: srepok" in head.splitlines()
        assert json.loads(body)["type"] == "/api/docs#problem-expectation-failed"
        assert running.metric("refusals_total", reason="expectation-failed") == 1

        sent = f"{POST}Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\nhi"
        heard = await (await call(sent.encode())).heard()
        assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
