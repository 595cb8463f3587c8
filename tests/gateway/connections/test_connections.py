"""Connections: who says nothing is hung up on, who floods pushes himself out, others come in."""

import asyncio
import contextlib
import ssl
from pathlib import Path

import aiohttp
import pytest
import trustme

from gateway.connections import server
from tests.gateway.connections.callers import HALF, TICKS, UPLOAD, WHOLE, calling, open_gateway
from tests.gateway.gateway_world import Serving, settings_of
from tests.waiting import eventually


async def asked(running: Serving, path: str = "/login") -> int:
    async with aiohttp.ClientSession() as http, http.get(running.url + path) as answer:
        return answer.status


async def test_who_says_nothing_is_hung_up_on_and_who_is_slow_is_not() -> None:
    settings = settings_of(header_timeout="300ms", idle_timeout="400ms")
    async with open_gateway(settings) as running, calling(running) as call:
        silent, half = await call(), await call(HALF)
        idle, half_again = await call(WHOLE), await call(WHOLE + HALF)
        stream, upload = await call(TICKS), await call(UPLOAD)
        for _ in range(20):
            upload.writer.write(b"x")
            await asyncio.sleep(0.05)

        assert await silent.heard() == await half.heard() == b""
        assert (await idle.heard()).startswith(b"HTTP/1.1 200")
        assert (await half_again.heard()).count(b"HTTP/1.1") == 1
        assert (await stream.heard()).count(b"tick") == 20
        assert (await upload.heard()).endswith(b"\r\n\r\n" + b"x" * 20)
        assert running.metric("connections_cut_total", why="silent") == 2


async def test_a_flood_from_one_address_pushes_out_itself() -> None:
    settings = settings_of(address_connections=5)
    async with open_gateway(settings) as running, calling(running) as call:
        flood = [await call(HALF) for _ in range(12)]

        assert await asked(running) == 200
        assert [await each.heard() for each in flood[:8]] == [b""] * 8
        await eventually(lambda: running.metric("open_connections") <= 5)
        assert running.metric("connections_cut_total", why="pushed-out") >= 8


@pytest.mark.parametrize("bound", ["connections", "address_connections"])
async def test_a_request_under_way_keeps_its_place(bound: str) -> None:
    settings = settings_of(**{bound: 1})
    async with open_gateway(settings) as running, calling(running) as call:
        stream = await call(TICKS)
        await stream.reader.readuntil(b"tick")

        assert await (await call(WHOLE)).heard() == b""
        assert (await stream.heard()).count(b"tick") == 19
        assert running.metric("connections_cut_total", why="turned-away") == 1
        await eventually(lambda: running.metric("open_connections") == 0)
        assert await asked(running) == 200


async def test_files_never_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "open_files", lambda: 276)
    settings = settings_of(trusted_proxies="127.0.0.0/8", address_connections=1)
    async with open_gateway(settings) as running, calling(running) as call:
        for _ in range(60):
            await call(HALF)

        assert await asked(running) == 200
        await eventually(lambda: running.metric("open_connections") <= 20)
        assert running.metric("connections_cut_total", why="pushed-out") >= 40


async def test_a_tls_handshake_that_never_ends_is_no_way_around(tmp_path: Path) -> None:
    authority, ca = trustme.CA(), tmp_path / "ca.pem"
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    settings = settings_of(
        tls_certificate=certificate, tls_key=key, address_connections=5, header_timeout="500ms"
    )
    async with open_gateway(settings) as running, calling(running) as call:
        flood = [await call(b"\x16\x03\x01") for _ in range(12)]
        address = f"https://127.0.0.1:{running.service.port}/login"
        trusted = ssl.create_default_context(cafile=ca)
        async with aiohttp.ClientSession() as http, http.get(address, ssl=trusted) as answer:
            assert answer.status == 200
        assert [await each.heard() for each in flood] == [b""] * 12
        await eventually(lambda: running.metric("open_connections") == 0)
        assert running.metric("connections_cut_total", why="silent") >= 1


async def test_a_stop_waits_for_nobody_who_asks_nothing() -> None:
    nobody = contextlib.AsyncExitStack()
    async with nobody, open_gateway(settings_of(drain_timeout="1s")) as running:
        call = await nobody.enter_async_context(calling(running))
        flood = [await call(sent) for sent in (b"", HALF, WHOLE + HALF) for _ in range(100)]
        await eventually(lambda: running.metric("open_connections") == 300)
        running.stop.set()
        for each in flood:
            await each.heard()
