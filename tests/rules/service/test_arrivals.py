"""Arrivals: what a message gives, and why it gives nothing."""

import json
from typing import Any

import cbor2
import pytest

from province.devices import DeviceKind
from province.inventory import Inventory
from rules.model import Report, Said
from rules.service.arrivals import Arrivals, Refusal
from runtime.broker.message import Message
from tests.rules.service.make import NOON
from tests.stock import topics_of

LINK: dict[str, Any] = {
    "observed_at": "2026-11-25T05:00:00Z",
    "boot_id": 7,
    "seq": 3,
    "values": {"probes_sent": 60, "probes_ok": 57, "power": "battery", "odd": [1]},
}


@pytest.fixture
def arrivals(inventory: Inventory) -> Arrivals:
    devices = {device.code: device for device in inventory.devices}
    return Arrivals(lambda: devices, "66", 4096)


@pytest.fixture
def probe(inventory: Inventory) -> str:
    return topics_of(inventory, DeviceKind.LINK_PROBE)[0]


def message(topic: str, payload: bytes, content_type: str | None = None) -> Message:
    return Message(
        1, 1, topic, payload, 1, retain=False, received_at=NOON, content_type=content_type
    )


def test_a_report_is_the_same_as_json_as_cbor_and_in_an_array(
    arrivals: Arrivals, probe: str
) -> None:
    as_json = json.dumps(LINK).encode()
    forms = [
        message(probe, as_json),
        message(probe, b"[" + as_json + b"]"),
        message(f"{probe}-cbor", cbor2.dumps(LINK)),
        message(probe, cbor2.dumps(LINK), "application/cbor"),
    ]
    found = [arrivals.read(form, NOON) for form in forms]
    assert [len(each) for each in found] == [1] * 4
    assert len({each[0].text for each in found}) == 1
    report = found[0][0].event
    assert isinstance(report, Report)
    assert (report.at, report.seq, report.on_battery) == (NOON.timestamp(), 3, True)
    assert report.loss == pytest.approx(0.05)
    assert "odd" not in found[0][0].line["payload"]["values"]
    assert not arrivals.refused


def test_statuses_and_events_are_what_a_device_said(arrivals: Arrivals, probe: str) -> None:
    root = probe.removesuffix("telemetry")
    status = {"state": "offline", "boot_id": 1, "connection": 2, "reason": "will"}
    gasp = {"observed_at": 1, "boot_id": 1, "seq": 2, "event": "dying_gasp"}
    said = [
        arrivals.read(message(f"{root}{channel}", json.dumps(body).encode()), NOON)[0].event
        for channel, body in (("status", status), ("event", gasp))
    ]
    assert [each.what for each in said if isinstance(each, Said)] == ["will", "dying_gasp"]


@pytest.mark.parametrize(
    ("topic", "payload", "refusal"),
    [
        ("srepok/v1/66/x/telemetry", b"{}", Refusal.TOPIC),
        ("srepok/v1/66/22015/nobody/telemetry", b"{}", Refusal.UNKNOWN_DEVICE),
        ("PROBE", b"x" * 5000, Refusal.OVERSIZE),
        ("PROBE", b"{", Refusal.MALFORMED),
        ("PROBE", b"[", Refusal.MALFORMED),
        ("PROBE", b"{}", Refusal.INVALID),
        ("PROBE", b"7", Refusal.INVALID),
        ("PROBE-cbor", b"\xff", Refusal.MALFORMED),
        ("PROBE", json.dumps([1] * 1001).encode(), Refusal.OVERSIZE),
    ],
)
def test_what_is_wrong_is_counted_by_its_reason(
    arrivals: Arrivals, probe: str, topic: str, payload: bytes, refusal: Refusal
) -> None:
    assert arrivals.read(message(topic.replace("PROBE", probe), payload), NOON) == []
    assert arrivals.refused == {refusal: 1}


def test_the_good_reports_of_an_array_are_kept(arrivals: Arrivals, probe: str) -> None:
    payload = json.dumps([LINK, {"seq": 1}, LINK | {"seq": 4}]).encode()
    found = arrivals.read(message(probe, payload), NOON)
    assert [each.line["payload"]["seq"] for each in found] == [3, 4]
    assert arrivals.refused == {Refusal.INVALID: 1}
