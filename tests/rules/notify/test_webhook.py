"""Webhooks at a real receiver."""

import asyncio
import base64
import json
from datetime import timedelta
from email.utils import format_datetime
from random import Random
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from deploy.ports import choose_port
from rules.notify.addresses import is_public
from rules.notify.channels.http import Poster
from rules.notify.channels.webhook import Webhook
from rules.notify.errors import ChannelError
from rules.notify.model import Telling
from rules.notify.signing import parse_key
from runtime.clock import SystemClock
from tests.rules.notify.make import (
    NOON,
    WRITER,
    SetClock,
    clear,
    make_dispatch,
    make_record,
)
from tests.rules.notify.receiving import HttpReceiver

OLD, NEW, OTHER = (
    "whsec_" + base64.b64encode(name.encode() * 3).decode()
    for name in ("old-key-", "new-key-", "other-k-")
)


def make_webhook(url: str, *keys: str, private: bool = True, clock: Any = None) -> Webhook:  # noqa: ANN401 - any clock
    clock = clock or SystemClock()
    poster = Poster(clock, private_addresses=private)
    return Webhook(url, [parse_key(key, "test") for key in keys], poster, WRITER, clock)


async def failure_of(webhook: Webhook) -> ChannelError:
    try:
        with pytest.raises(ChannelError) as caught:
            await webhook.send(make_dispatch(make_record()))
    finally:
        await webhook.close()
    return caught.value


async def test_a_message_is_signed_by_every_key_over_the_bytes_that_arrive(
    receiver: HttpReceiver,
) -> None:
    webhook = make_webhook(receiver.url, OLD, NEW)
    dispatch = make_dispatch(make_record())
    await webhook.send(dispatch)
    await webhook.close()
    (request,) = receiver.received
    for key in (OLD, NEW):
        Verifier(key).verify(request.body, request.headers)
    for key, body in ((OTHER, request.body), (OLD, request.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Verifier(key).verify(body, request.headers)
    assert request.headers["webhook-id"] == dispatch.key


async def test_the_json_says_what_where_since_when_and_why(receiver: HttpReceiver) -> None:
    webhook = make_webhook(receiver.url)
    record = make_record()
    await webhook.send(
        make_dispatch(clear(record, NOON + 60, into="cut-0"), telling=Telling.RESOLVE)
    )
    await webhook.close()
    body = receiver.received[0].json
    (notice,) = body["data"]["notices"]
    assert body["type"] == "incident.resolve"
    assert body["timestamp"] == "2026-11-18T05:00:00.000Z"
    assert notice["incident"] == "cut-1"
    assert notice["villages"] == ["v-1", "v-2"]
    assert notice["households"] == 240
    assert notice["onset_at"] == "2026-11-18T04:58:30.000Z"
    assert notice["ended_at"] == "2026-11-18T05:00:30.000Z"
    assert (notice["reason"], notice["into"]) == ("recovered", "cut-0")
    assert notice["url"] == "https://srepok.example/incidents/cut-1"
    assert "webhook-signature" not in receiver.received[0].headers


@pytest.mark.parametrize("status", [302, 400, 410, 500, 503])
async def test_another_answer_than_success_is_a_failure(
    receiver: HttpReceiver, status: int
) -> None:
    answer = web.Response(status=status, headers={"Location": receiver.url})
    receiver.answers = [answer]
    error = await failure_of(make_webhook(receiver.url))
    assert str(error) == f"answered HTTP {status}"
    assert not error.uncertain
    assert len(receiver.received) == 1  # a redirect was not followed


async def test_retry_after_is_read_as_seconds_and_as_an_instant(receiver: HttpReceiver) -> None:
    clock = SetClock()
    date = format_datetime(clock.now() + timedelta(minutes=2), usegmt=False)
    for text, wait in (("90", 90), (date, 120), ("soon", None)):
        receiver.answers = [web.Response(status=429, headers={"Retry-After": text})]
        error = await failure_of(make_webhook(receiver.url, clock=clock))
        assert error.retry_after == (None if wait is None else timedelta(seconds=wait))


async def test_nobody_there_is_certain_and_a_connection_that_breaks_is_not() -> None:
    address = f"127.0.0.1:{choose_port(Random())}"
    error = await failure_of(make_webhook(f"http://{address}/secret-path"))
    assert not error.uncertain
    assert "Connection refused" in str(error) or "Connect" in str(error)
    assert "secret-path" not in str(error)


async def test_an_answer_that_breaks_off_leaves_it_uncertain() -> None:
    async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(slam, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await failure_of(make_webhook(f"http://127.0.0.1:{port}/"))
    assert error.uncertain


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_private_address_is_refused_by_figures_and_by_name(
    receiver: HttpReceiver, host: str
) -> None:
    url = receiver.url.replace("127.0.0.1", host)
    error = await failure_of(make_webhook(url, private=False))
    assert "private_addresses: true" in str(error)
    assert receiver.received == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:192.168.1.1", False),
        ("2001:4860:4860::8888", True),
        ("224.0.0.1", False),
    ],
)
def test_what_is_private(address: str, public: bool) -> None:  # noqa: FBT001 - a parameter of the table
    assert is_public(address) is public


@pytest.mark.parametrize("text", ["whsec_", "whsec_c2hvcnQ=", "whsec_%%%%"])
def test_a_key_that_is_none_is_refused_without_being_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"^keys: not a key") as caught:
        parse_key(text, "keys")
    assert text not in str(caught.value).replace("whsec_, then", "")


async def test_a_digest_lists_every_notice_and_the_ranking(receiver: HttpReceiver) -> None:
    webhook = make_webhook(receiver.url)
    records = [make_record(f"cut-{number}", households=number) for number in range(40)]
    await webhook.send(make_dispatch(*records, digest=True))
    await webhook.close()
    data = json.loads(receiver.received[0].body)["data"]
    assert len(data["notices"]) == 40
    assert data["summary"]["open"] == 40
    assert data["summary"]["ranking"][3]["household_minutes"] == 9.0
