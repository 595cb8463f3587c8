"""Sessions: what a real broker's log says of them, and what it must not be made to say."""

from datetime import timedelta
from uuid import uuid4

import pytest

from deploy.mosquitto_options import MosquittoOptions
from rules.service.sessions import SESSION_LOG, SessionLog, SessionSaid
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.servers import MakeMosquitto
from tests.waiting import eventually

NOW = "2026-11-25T17:37:17+0000: "


def connected(client: str, user: str) -> bytes:
    said = f"New client connected from 127.0.0.1:1 as {client} (p5, c1, k30, u'{user}')."
    return (NOW + said).encode()


def ended(client: str, how: str) -> bytes:
    return f"{NOW}Client {client} {how}.".encode()


def read(*sentences: bytes) -> list[SessionSaid | None]:
    log = SessionLog()
    return [log.read(sentence, {"d1", "d2"}) for sentence in sentences]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("disconnected", "orderly"),
        ("closed its connection", "closed"),
        ("has exceeded timeout, disconnecting", "keepalive_timeout"),
    ],
)
def test_a_session_of_a_device_begins_and_ends_for_a_reason(how: str, reason: str) -> None:
    assert read(connected("d1", "d1"), ended("d1", how), ended("d1", how)) == [
        SessionSaid("d1", None),
        SessionSaid("d1", reason),
        None,
    ]


def test_nobody_ends_anothers_session_by_going_by_its_name() -> None:
    assert read(connected("d1", "d1"), connected("d1", "d2"), ended("d1", "disconnected")) == [
        SessionSaid("d1", None),
        None,
        None,
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        ended("x disconnected. Client d1", "disconnected"),
        ended("d1 disconnected. Client x", "disconnected"),
        connected("d1 (p5, c1, k30, u'd1').", "d2"),
        ended("d1", "disconnected: Protocol error"),
        ended("d2", "disconnected"),
        b"\xff\xff",
    ],
)
def test_a_sentence_with_anything_else_in_it_says_nothing(sentence: bytes) -> None:
    assert read(connected("d1", "d1"), sentence)[1] is None


@pytest.mark.servers
async def test_a_real_broker_says_so(make_mosquitto: MakeMosquitto) -> None:
    broker = make_mosquitto(MosquittoOptions())
    broker.set_users({"d1": "word"})
    ear = Inbox()
    await _connect(broker.url("rules", with_password=True), f"ear-{uuid4().hex}", ear)
    url = f"mqtt://d1:word@127.0.0.1:{broker.port}"
    for end in ("close", "abort"):
        device = await _connect(url, "d1", Inbox())
        if end == "close":
            await device.close()
        else:
            device.abort("cut")
    log = SessionLog()
    said: list[SessionSaid] = []

    def all_said() -> bool:
        while ear:
            if found := log.read(ear.pop(0).payload, {"d1"}):
                said.append(found)
        return len(said) == 4

    await eventually(all_said)
    assert [each.ended for each in said] == [None, "orderly", None, "closed"]


async def _connect(url: str, client_id: str, inbox: Inbox) -> Connection:
    address = BrokerAddress.from_environment({"MQTT_URL": url})
    options = SessionOptions(client_id=client_id, session_expiry=timedelta(0))
    connection = Connection(1, address, options, inbox, SystemClock(), clean_start=True)
    await connection.open()
    await connection.subscribe([SESSION_LOG] if "ear" in client_id else [], qos=0)
    return connection
