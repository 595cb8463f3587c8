"""Whatever arrives, an adapter answers with an outcome and foresees why it refuses."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.library import load_library
from gateway.translation import Incoming, RefusalReason
from tests.gateway.adapters.conftest import NOW

_ADAPTERS = {
    name: adapter
    for name, adapter in load_library()[0].items()
    if name not in {"senml", "lwm2m", "sparkplug"}
}
_DECODERS = sorted(load_library()[1].decoders)
_NAMES = st.sampled_from(
    [
        "uplink_message",
        "end_device_ids",
        "dev_eui",
        "received_at",
        "rx_metadata",
        "rssi",
        "frm_payload",
        "f_port",
        "f_cnt",
        "decoded_payload",
        "temperature",
        "deviceInfo",
        "devEui",
        "time",
        "devAddr",
        "rxInfo",
        "data",
        "fPort",
        "object",
        "margin",
        "DevEUI_uplink",
        "DevEUI",
        "Time",
        "payload_hex",
        "cmd",
        "EUI",
        "ts",
        "id",
        "type",
        "value",
        "entities",
        "units",
        "dateObserved",
        "unitCode",
        "metadata",
        "Temperature",
        "ENERGY",
        "Total",
        "Power",
        "POWER",
        "ZbReceived",
        "params",
        "src",
        "method",
        "switch:0",
        "aenergy",
        "total",
        "apower",
        "sys",
        "mac",
        "wifi_sta",
        "unixtime",
        "meters",
        "is_valid",
        "last_seen",
        "state",
        "voltage",
    ]
) | st.text(max_size=8)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["rx", "gw", "NotifyStatus", "AirQualityObserved", "Device", "ON", "online", "2026-01-01"]
        + ["2026-11-25T12:00:00Z", "AQDiAikEACcFBgYDCAcNYg==", "0175640382", "0101010101010101"]
    )
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=25,
)
_TOPICS = st.sampled_from(
    [
        "application/a/device/d/event/up",
        "application/a/device/d/event/status",
        "eu868/gateway/g/event/up",
        "v3/a@t/devices/d/up",
        "v3/a/devices/d/down/ack",
        "tele/b/SENSOR",
        "tele/b/STATE",
        "tele/b/LWT",
        "tele/b/INFO3",
        "stat/b/POWER",
        "stat/b/RESULT",
        "zigbee2mqtt/x",
        "zigbee2mqtt/a/b/availability",
        "zigbee2mqtt/bridge/state",
        "shellies/s/relay/0/power",
        "shellies/s/info",
        "shellies/s/sensor/flood",
        "s/online",
        "s/events/rpc",
        "s/status/switch:0",
        "nothing/of/ours",
    ]
)
_ROUTES = st.sampled_from(["", "?event=up", "?event=nonsense", "up", "a/b?x=1&x=2&decoder="]) | (
    st.sampled_from(_DECODERS).map("?event=up&decoder={}".format)
)


def _foreseen(body: bytes, topic: str | None, route: str) -> None:
    incoming = (
        Incoming("http", route, body, NOW) if topic is None else Incoming("mqtt", topic, body, NOW)
    )
    for adapter in _ADAPTERS.values():
        outcome = adapter.translate(incoming)
        assert RefusalReason.UNDECODABLE not in {one.reason for one in outcome.refusals}, outcome
        assert outcome.translated or outcome.refusals or outcome.ignored
        for translated in outcome.translated:
            json.dumps(translated.record, allow_nan=False)


@given(_JSON, st.none() | _TOPICS, _ROUTES)
@settings(deadline=None, max_examples=60)
def test_any_json(body: Any, topic: str | None, route: str) -> None:  # noqa: ANN401 - any JSON value
    _foreseen(json.dumps(body).encode(), topic, route)


@given(st.binary(max_size=200), st.none() | _TOPICS, _ROUTES)
@settings(deadline=None, max_examples=40)
def test_any_bytes(body: bytes, topic: str | None, route: str) -> None:
    _foreseen(body, topic, route)


@given(st.sampled_from(_DECODERS), st.binary(max_size=64), st.integers(0, 255))
@settings(deadline=None)
def test_any_bytes_of_a_device(decoder: str, data: bytes, port: int) -> None:
    body = {"EUI": "0001", "cmd": "rx", "ts": 1795600000000, "data": data.hex(), "port": port}
    outcome = _ADAPTERS["loriot"].translate(
        Incoming("http", f"?decoder={decoder}", json.dumps(body).encode(), NOW)
    )
    assert RefusalReason.UNDECODABLE not in {one.reason for one in outcome.refusals}, outcome
