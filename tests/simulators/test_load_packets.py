"""The load's packets, read back byte by byte and by the wire contract."""

import json

import pytest

from province.devices import DeviceKind
from province.reports import LinkReport
from province.topics import parse_topic
from simulators.load import packets
from simulators.load.template import FIRST_SEQ, PacketTemplate
from tests.simulators.make import make_device

MILLISECONDS = 1_795_000_000_123


def split(packet: bytes) -> tuple[str, int, bytes]:
    """Take a QoS 1 PUBLISH apart: topic, packet id, payload."""
    assert packet[0] == 0x32
    length, position = 0, 1
    while True:
        byte = packet[position]
        length |= (byte & 0x7F) << 7 * (position - 1)
        position += 1
        if byte < 0x80:
            break
    body = packet[position:]
    assert len(body) == length
    size = int.from_bytes(body[:2])
    return body[2 : 2 + size].decode(), int.from_bytes(body[2 + size : 4 + size]), body[4 + size :]


@pytest.mark.parametrize("reports", [1, 2, 50])
def test_a_packet_is_what_the_wire_contract_takes(reports: int) -> None:
    template = PacketTemplate(make_device(), reports)
    topic, packet_id, payload = split(template.packet(b"\x01\x02", MILLISECONDS, FIRST_SEQ + 8))
    assert parse_topic(topic).device == "d1"
    assert packet_id == 0x0102
    loaded = json.loads(payload)
    reports_in = loaded if isinstance(loaded, list) else [loaded]
    assert len(reports_in) == reports
    for number, report in enumerate(reports_in):
        read = LinkReport.model_validate_json(json.dumps(report))
        assert read.observed_at.timestamp() == pytest.approx(MILLISECONDS / 1000)
        assert (read.boot_id, read.seq) == (9, FIRST_SEQ + 8 + number)


def test_every_kind_of_device_has_a_template() -> None:
    for kind in DeviceKind:
        device = make_device(kind, "22015-air")
        split(PacketTemplate(device, 1).packet(b"\xff\xff", MILLISECONDS, FIRST_SEQ))


def test_connect_carries_user_and_password() -> None:
    packet = packets.connect("load-1", "gateway", "secret")
    assert packet == (
        b"\x10\x23\x00\x04MQTT\x04\xc2\x00\x00\x00\x06load-1\x00\x07gateway\x00\x06secret"
    )
    assert packets.connect("x", None, None) == b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01x"


@pytest.mark.parametrize(
    ("size", "length"),
    [(0, b"\x05"), (122, b"\x7f"), (123, b"\x80\x01"), (16_379, b"\x80\x80\x01")],
)
def test_a_length_has_seven_bits_a_byte(size: int, length: bytes) -> None:
    assert packets.publish_head("a", size)[1:-3] == length
