"""Uploads: what a device sends over HTTP is on the broker when it is told so; nothing else is."""

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest

from gateway.access.identity import Scope
from gateway.door import keys as door_keys
from gateway.door.rates import Rates
from province.devices import Device, DeviceKind
from province.instants import format_instant
from province.topics import Channel
from tests.gateway.gateway_world import GatewayWorld, serving, settings_of
from tests.waiting import DEADLINE, eventually

pytestmark = pytest.mark.servers


def report(seq: int = 1, age: timedelta = timedelta(0), **values: object) -> dict[str, Any]:
    observed_at = format_instant(datetime.now(UTC) - age)
    return {"observed_at": observed_at, "boot_id": 1, "seq": seq, "values": values}


class Uploader:
    """A device that uploads, and what is heard of it on the broker."""

    def __init__(self, gateway: GatewayWorld, device: Device) -> None:
        self.gateway = gateway
        self.device = device

    async def send(
        self, body: object, path: str = "/v1/telemetry", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.gateway.client.post(
            path,
            data=data,
            headers={
                "Content-Type": "application/json",
                **named,
                **self.gateway.as_device(self.device.code),
            },
        ) as answer:
            return answer.status, await answer.json(content_type=None)


@pytest.fixture
def probe(gateway: GatewayWorld) -> Uploader:
    return Uploader(gateway, gateway.device(DeviceKind.LINK_PROBE))


@pytest.fixture
def sensor(gateway: GatewayWorld) -> Uploader:
    return Uploader(gateway, gateway.device(DeviceKind.SENSOR))


async def test_a_good_report_is_passed_on_byte_for_byte(probe: Uploader) -> None:
    gateway = probe.gateway
    body = b' {"seq":7, "boot_id":1,"observed_at":%d,"values":{"rtt_p50_ms":12.50}}' % (
        datetime.now(UTC).timestamp() * 1000
    )
    async with gateway.heard(gateway.topic(probe.device)) as inbox:
        for each in (body, body.strip()):
            assert await probe.send(each) == (202, {"accepted": 1, "refused": 0, "faults": []})
        await inbox.reach(2)
        assert inbox.payloads() == [body, body.strip()]


async def test_an_array_of_cbor_packed_by_gzip_leaves_as_cbor(sensor: Uploader) -> None:
    gateway = sensor.gateway
    body = cbor2.dumps([report(seq, pm2_5_ugm3=1.5 * seq) for seq in range(3)])
    topic = gateway.topic(sensor.device, Channel.TELEMETRY_CBOR)
    async with gateway.heard(topic) as inbox:
        status, answer = await sensor.send(
            gzip.compress(body), Content_Type="application/cbor", Content_Encoding="gzip"
        )
        assert (status, answer["accepted"]) == (202, 3)
        await inbox.reach(1)
        assert inbox.payloads() == [body]


async def test_of_a_mixed_array_the_good_is_passed_on_and_the_rest_is_named(
    sensor: Uploader,
) -> None:
    gateway = sensor.gateway
    items = [
        report(0, pm2_5_ugm3=5, no_such_metric=1),
        report(1, pm2_5_ugm3=-5),
        report(2, age=timedelta(days=8), pm2_5_ugm3=5),
        report(3, age=timedelta(days=-2), pm2_5_ugm3=5),
        report(4, pm2_5_ugm3="5"),
        {"boot_id": 1, "seq": -1, "values": {}},
        report(6, pm2_5_ugm3=6),
    ]
    async with gateway.heard(gateway.topic(sensor.device)) as inbox:
        status, answer = await sensor.send(items)
        await inbox.reach(1)
    assert (status, answer["accepted"], answer["refused"]) == (202, 2, 5)
    assert [
        (each["index"], each["field"], each["value"], each["reason"]) for each in answer["faults"]
    ] == [
        (0, "values.no_such_metric", "1", "unknown_metric"),
        (1, "values.pm2_5_ugm3", "-5", "out_of_range"),
        (2, "observed_at", items[2]["observed_at"], "clock_behind"),
        (3, "observed_at", items[3]["observed_at"], "clock_ahead"),
        (4, "values.pm2_5_ugm3", "'5'", "invalid"),
        (5, "observed_at", None, "invalid"),
        (5, "seq", "-1", "out_of_range"),
    ]
    del items[0]["values"]["no_such_metric"]
    assert json.loads(inbox[0].payload) == [items[0], items[6]]


async def test_status_and_event_go_to_their_channels(probe: Uploader) -> None:
    gateway, device = probe.gateway, probe.device
    now = format_instant(datetime.now(UTC))
    online = {"state": "online", "boot_id": 1, "connection": 1, "observed_at": now}
    gasp = {"event": "dying_gasp", "boot_id": 1, "seq": 9, "observed_at": now}
    async with (
        gateway.heard(gateway.topic(device, Channel.STATUS)) as statuses,
        gateway.heard(gateway.topic(device, Channel.EVENT)) as events,
    ):
        assert (await probe.send(online, "/v1/status"))[0] == 202
        assert (await probe.send(gasp, "/v1/event"))[0] == 202
        await statuses.reach(1)
        await events.reach(1)
    assert json.loads(statuses[0].payload) == online
    assert json.loads(events[0].payload) == gasp
    for broken in (gasp | {"detail": {"note": "a\0b"}}, gasp | {"event": "fire"}, [gasp]):
        status, answer = await probe.send(broken, "/v1/event")
        assert (status, answer["accepted"], answer["refused"]) == (422, 0, 1)


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        (b"[]", {}, 422, "no record"),
        (b"{", {}, 400, "not JSON"),
        (b"\xff", {"Content_Type": "application/cbor"}, 400, "not CBOR"),
        (b"{}", {"Content_Type": "text/plain"}, 415, "text/plain"),
        (b"{}", {"Content_Encoding": "br"}, 415, "br"),
        (b"{}", {"Content_Encoding": "gzip"}, 400, "not gzip"),
        (gzip.compress(b"{}", mtime=0)[:-9], {"Content_Encoding": "gzip"}, 400, "breaks off"),
        (gzip.compress(bytes(10**7), mtime=0), {"Content_Encoding": "gzip"}, 413, "65536"),
        (bytes(65_537), {}, 413, "65537"),
        (json.dumps([1] * 1001).encode(), {}, 413, "1001 reports"),
        (b"[" * 10_000, {}, 400, "not JSON"),
        (b'[{"seq": 1, "seq": 2}]', {}, 400, "'seq' stands twice"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_its_reason(
    sensor: Uploader, body: bytes, headers: dict[str, str], status: int, says: str
) -> None:
    found, answer = await sensor.send(body, **headers)
    assert found == status
    assert says in answer["detail"]


@pytest.mark.parametrize("path", ["/v1/telemetry", "/v1/event", "/v1/status"])
async def test_a_record_in_which_a_key_stands_twice_is_refused(sensor: Uploader, path: str) -> None:
    good = json.dumps(report(pm2_5_ugm3=18.4))
    assert (await sensor.send(good.encode()))[0] == 202
    body = good.replace('"values": {', '"values": {"pm2_5_ugm3": 900, ').encode()
    status, answer = await sensor.send(body, path)
    assert (status, answer["type"].rpartition("#")[2]) == (400, "problem-malformed")
    assert "'pm2_5_ugm3' stands twice" in answer["detail"]


async def test_only_a_device_of_the_inventory_with_its_key_uploads(gateway: GatewayWorld) -> None:
    async with gateway.client.post("/v1/telemetry", data=b"{}") as answer:
        assert answer.status == 401
    stranger = gateway.device(DeviceKind.SENSOR).model_copy(update={"code": "nobody"})
    assert (await Uploader(gateway, stranger).send(report()))[0] == 403
    token = await gateway.as_token(Scope.ADMIN)
    async with gateway.client.post("/v1/telemetry", data=b"{}", headers=token) as answer:
        assert answer.status == 403


async def test_a_device_that_uploads_too_often_is_told_when_to_come_again(
    gateway: GatewayWorld,
) -> None:
    eager = Uploader(gateway, gateway.device(DeviceKind.SENSOR, 1))
    rates = gateway.service.app[door_keys.RATES]
    later = datetime.now(UTC) + timedelta(days=1)
    while not rates.take(eager.device.code, later):
        pass
    status, answer = await eager.send(report())
    assert status == 429
    assert "again in 1 s" in answer["detail"]


def test_a_bucket_fills_with_time_and_never_runs_over() -> None:
    rates, now = Rates(rate=2, burst=3), datetime(2026, 11, 25, tzinfo=UTC)
    assert [rates.take("a", now).total_seconds() for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    assert not rates.take("b", now)
    assert not rates.take("a", now + timedelta(seconds=0.5))
    # A clock that is set back gives nothing, and takes nothing.
    assert rates.take("a", now) == timedelta(seconds=0.5)
    much_later = now + timedelta(days=1)
    assert [bool(rates.take("a", much_later)) for _ in range(4)] == [False, False, False, True]


@pytest.mark.parametrize("path", ["/v1/telemetry", "/api/v1/mutes"])
async def test_a_body_that_does_not_come_is_not_waited_for(
    gateway: GatewayWorld, path: str
) -> None:
    settings = settings_of(body_timeout=timedelta(milliseconds=100))
    shown = gateway.as_device(gateway.device(DeviceKind.SENSOR, 7).code)
    if path.startswith("/api"):
        shown = await gateway.as_token(Scope.OPERATOR)
    head = "".join(
        f"{line}\r\n"
        for line in (
            f"POST {path} HTTP/1.1",
            "Host: gateway",
            f"Authorization: {shown['Authorization']}",
            "Content-Type: application/json",
            "Content-Length: 100",
            "",
        )
    )
    broker = gateway.broker_address_of("gateway")
    async with serving(broker, gateway.login, settings) as running:
        await running.ready()
        reader, writer = await asyncio.open_connection("127.0.0.1", running.service.port)
        writer.write(head.encode() + b"{")
        async with asyncio.timeout(DEADLINE):
            answer = await reader.readuntil(b"did not arrive within")
        writer.close()
    assert answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("path", "key", "length", "first"),
    [
        ("/v1/telemetry", True, 100, b"HTTP/1.1 100"),
        ("/v1/telemetry", True, 10**6, b"HTTP/1.1 413"),
        ("/v1/telemetry", False, 100, b"HTTP/1.1 401"),
        ("/in/chirpstack", False, 100, b"HTTP/1.1 401"),
        ("/api/v1/mutes", False, 100, b"HTTP/1.1 401"),
    ],
)
async def test_a_body_is_asked_for_once_it_is_clear_that_it_may_come(
    gateway: GatewayWorld, path: str, length: int, first: bytes, *, key: bool
) -> None:
    shown = gateway.as_device(gateway.device(DeviceKind.SENSOR, 7).code)["Authorization"]
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
    head += f"Content-Length: {length}\r\n" + (f"Authorization: {shown}\r\n" if key else "")
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.service.port)
    writer.write(f"{head}\r\n".encode())
    async with asyncio.timeout(20):
        assert (await reader.readline()).startswith(first)
    writer.close()


async def test_a_stop_does_not_wait_for_bodies(gateway: GatewayWorld) -> None:
    shown = gateway.as_device(gateway.device(DeviceKind.SENSOR, 7).code)["Authorization"]
    head = f"POST /v1/telemetry HTTP/1.1\r\nHost: x\r\nAuthorization: {shown}\r\n"
    # An hour for the body, and an hour for answers that are under way at a stop.
    settings = settings_of(body_timeout="1h", drain_timeout="1h")
    broker = gateway.broker_address_of("gateway")
    async with serving(broker, gateway.login, settings) as running, asyncio.timeout(DEADLINE):
        await running.ready()
        reader, writer = await asyncio.open_connection("127.0.0.1", running.service.port)
        writer.write(head.encode() + b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n")
        assert b" 100 " in await reader.readuntil(b"\r\n\r\n")
        running.stop.set()
        assert b" 503 " in await reader.readline()
        writer.close()
    assert running.drained


async def test_who_leaves_in_the_middle_of_a_body_is_no_fault_of_ours(
    gateway: GatewayWorld, caplog: pytest.LogCaptureFixture
) -> None:
    async def ask_as_nobody() -> None:
        async with gateway.client.post("/v1/telemetry", data=b"{}") as answer:
            assert answer.status == 401

    def answered() -> float:
        return gateway.serving.metric("answers_total", route="telemetry")

    await ask_as_nobody()
    before = answered()
    shown = gateway.as_device(gateway.device(DeviceKind.SENSOR, 7).code)["Authorization"]
    head = f"POST /v1/telemetry HTTP/1.1\r\nHost: x\r\nAuthorization: {shown}\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", gateway.service.port)
    writer.write(head.encode() + b"Content-Length: 100\r\n\r\n{")
    await writer.drain()
    writer.close()

    await eventually(lambda: answered() > before)
    # The server speaks of it after we have counted it, and before it serves somebody else.
    await ask_as_nobody()
    assert [record.message for record in caplog.records if record.exc_info] == []
