"""Reading an event log: what each line tells, and the same words however lines are put together."""

import io
import json

import pytest

from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.event_log import EventReader
from rules.model import Own, Report, Said, Session, Window
from rules.replay import EventLogError, describe, replay, seconds
from tests.rules.runs import record
from tests.simulators.world.make import make_network

AT = "2026-03-02T01:00:04.182Z"


def line(kind: str, **fields: object) -> bytes:
    return json.dumps({"received_at": AT, "kind": kind, **fields}).encode()


def message(channel: str, **payload: object) -> bytes:
    return line("message", topic=f"srepok/v1/66/1/d/{channel}", qos=1, payload=payload)


@pytest.mark.parametrize("name", ["storm", "duplicates-reorder", "ingest-restart"])
def test_lines_put_together_give_the_same_bytes_as_one_by_one(name: str) -> None:
    recorded = record(name)
    out = io.StringIO()
    replay(recorded.events, "events", Engine(recorded.network), out)
    engine, read = Engine(recorded.network), EventReader().read
    single = []
    for text in recorded.events:
        event, delivered_at = read(text)
        if event is not None:
            single += engine.advance((event,), delivered_at)
    assert out.getvalue()
    assert out.getvalue() == "".join(f"{json.dumps(describe(each))}\n" for each in single)


def test_each_kind_of_line_tells_what_it_says() -> None:
    read, at = EventReader().read, seconds(AT)
    values = {"power": "battery", "probes_sent": 60, "probes_ok": 57, "rtt_p50_ms": 5.8}
    told, delivered_at = read(message("telemetry", boot_id=1, seq=2, interval_s=30, values=values))
    assert told == Report(at, "d", 1, 2, interval=30.0, loss=1 - 57 / 60, on_battery=True)
    assert delivered_at == at
    assert read(message("event", event="dying_gasp"))[0] == Said(at, "d", "dying_gasp")
    assert read(message("status", state="offline", reason="shutdown"))[0] == Said(
        at, "d", "goodbye"
    )
    assert read(line("connect", client="d"))[0] == Session(at, "d", connected=True)
    ended = read(line("disconnect", client="d", reason="closed"))[0]
    assert ended == Session(at, "d", connected=False, reason="closed")
    assert read(line("broker", state="down", epoch=1))[0] == Own(at, "broker", up=False)
    away = read(line("service", service="database", state="down"))[0]
    assert away == Own(at, "database", up=False, blinding=False)
    window = read(line("maintenance", maintenance="m", node="n", starts_at=AT, ends_at=AT))[0]
    assert window == Window(at, "m", "n", at, at)


def test_what_was_delivered_late_says_when() -> None:
    late = "2026-03-02T01:03:00.000Z"
    told, delivered_at = EventReader().read(line("connect", client="d", delivered_at=late))
    assert told is not None
    assert (told.at, delivered_at) == (seconds(AT), seconds(late))


def test_the_digest_of_a_sensor_is_the_same_in_every_process() -> None:
    told, _ = EventReader().read(message("telemetry", boot_id=1, seq=2, values={"rain_mm": 0.2}))
    assert isinstance(told, Report)
    assert (told.loss, told.digest) == (None, 3046843639)


@pytest.mark.parametrize(
    "instant", ["2026-03-02T08:00:04.182+07:00", "2026-03-02T01:00:04.182000Z"]
)
def test_an_instant_may_have_an_offset_and_any_digits(instant: str) -> None:
    told, _ = EventReader().read(line("connect", client="d", received_at=instant))
    assert told is not None
    assert told.at == seconds(AT)


@pytest.mark.parametrize(
    "unknown",
    [
        line("header", format="srepok-events/1"),
        line("weather", payload=3),
        line("end"),
        line("message", topic="srepok/v1/66/1/d/config", payload=[1]),
    ],
)
def test_kinds_and_channels_that_nobody_knows_are_passed_over(unknown: bytes) -> None:
    assert EventReader().read(unknown) == (None, seconds(AT))


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (b"{", "Input data was truncated"),
        (b'{"kind":"connect"}', "received_at"),
        (line("connect"), "client"),
        (line("connect", client="d", received_at="yesterday"), "yesterday"),
        (message("telemetry", boot_id=1, seq=2), "values are missing"),
        (message("telemetry", boot_id="x", seq=2, values={}), "$.payload.boot_id"),
        (message("telemetry", boot_id=1, seq=2, values={"probes_sent": 60}), "probes_ok"),
        (message("event"), "no event"),
    ],
)
def test_a_broken_line_is_named(broken: bytes, problem: str) -> None:
    engine = Engine(Network(make_network()))
    with pytest.raises(EventLogError) as caught:
        replay([line("end"), broken], "log", engine, io.StringIO())
    assert str(caught.value).startswith("log:2: ")
    assert problem in str(caught.value)
