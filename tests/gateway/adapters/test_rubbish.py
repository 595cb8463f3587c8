"""Whatever arrives, an adapter answers with an outcome and foresees why it refuses."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.loading import load_library
from gateway.translation import Adapter, Incoming, RefusalReason
from tests.gateway.adapters.collected import (
    NOTHING,
    Collected,
    collected,
    find_payloads,
    takes,
    words,
)
from tests.gateway.adapters.conftest import NOW

_ADAPTERS = {
    name: adapter
    for name, adapter in load_library()[0].items()
    if name not in {"senml", "lwm2m", "sparkplug"}
}
_ROOT = find_payloads()
_REAL = [
    each
    for each in (collected(_ROOT) if _ROOT is not None else [NOTHING])
    if each.adapter in _ADAPTERS and each.body[:1] in (b"{", b"[")
]
_DECODERS = sorted(load_library()[1].decoders)
_NAMES = st.sampled_from(
    words(
        """
        uplink_message end_device_ids dev_eui received_at rx_metadata rssi frm_payload f_port
        f_cnt decoded_payload temperature deviceInfo devEui time devAddr rxInfo data fPort
        object margin DevEUI_uplink DevEUI Time payload_hex cmd EUI ts id type value entities
        units dateObserved unitCode metadata Temperature ENERGY Total Power POWER ZbReceived
        params src method switch:0 aenergy total apower sys mac wifi_sta unixtime meters
        is_valid last_seen state voltage
        """
    )
) | st.text(max_size=8)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        words(
            """
            rx gw NotifyStatus AirQualityObserved Device ON online 2026-01-01 0175640382
            2026-11-25T12:00:00Z AQDiAikEACcFBgYDCAcNYg== 0101010101010101
            """
        )
    )
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=25,
)
_TOPICS = st.sampled_from(
    words(
        """
        application/a/device/d/event/up application/a/device/d/event/status
        eu868/gateway/g/event/up v3/a@t/devices/d/up v3/a/devices/d/down/ack tele/b/SENSOR
        tele/b/STATE tele/b/LWT tele/b/INFO3 stat/b/POWER stat/b/RESULT zigbee2mqtt/x
        zigbee2mqtt/a/b/availability zigbee2mqtt/bridge/state shellies/s/relay/0/power
        shellies/s/info shellies/s/sensor/flood s/online s/events/rpc s/status/switch:0
        nothing/of/ours
        """
    )
)
_ROUTES = st.sampled_from(["", "?event=up", "?event=nonsense", "up", "a/b?x=1&x=2&decoder="]) | (
    st.sampled_from(_DECODERS).map("?event=up&decoder={}".format)
)


def _foreseen(body: bytes, topic: str | None, route: str) -> None:
    incoming = (
        Incoming("http", route, body, NOW) if topic is None else Incoming("mqtt", topic, body, NOW)
    )
    for adapter in _ADAPTERS.values():
        _one(adapter, incoming)


def _one(adapter: Adapter, incoming: Incoming) -> None:
    outcome = adapter.translate(incoming)
    assert RefusalReason.UNDECODABLE not in {one.reason for one in outcome.refusals}, outcome
    assert outcome.translated or outcome.refusals or outcome.ignored
    for translated in outcome.translated:
        takes(translated)


@given(_JSON, st.none() | _TOPICS, _ROUTES)
@settings(deadline=None, max_examples=60)
def test_any_json(body: Any, topic: str | None, route: str) -> None:  # noqa: ANN401 - any JSON value
    _foreseen(json.dumps(body).encode(), topic, route)


@st.composite
def _spoilt(draw: st.DrawFn) -> tuple[Collected, bytes]:
    """Return a real payload with something in it replaced, lost or added."""
    payload = draw(st.sampled_from(_REAL))
    body = json.loads(payload.body)
    for _ in range(draw(st.integers(1, 3))):
        place = body
        while isinstance(place, dict | list) and place:
            key = draw(
                st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place)))
            )
            inner = place[key]
            if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
                _spoil(draw, place, key)
                break
            place = inner
    return payload, json.dumps(body).encode()


def _spoil(draw: st.DrawFn, place: Any, key: Any) -> None:  # noqa: ANN401 - any JSON value
    match draw(st.integers(0, 3)):
        case 0 | 1:
            place[key] = draw(_JSON)
        case 2:
            del place[key]
        case _ if isinstance(place, dict):
            place[draw(_NAMES)] = draw(_JSON)


def test_a_real_payload_that_is_spoilt(payloads: Path) -> None:
    @given(_spoilt())
    @settings(deadline=None, max_examples=150)
    def spoilt(found: tuple[Collected, bytes]) -> None:
        payload, body = found
        assert payload.adapter is not None
        incoming = Incoming("http", payload.route, body, NOW)
        if payload.topic is not None:
            incoming = Incoming("mqtt", payload.topic, body, NOW)
        _one(_ADAPTERS[payload.adapter], incoming)

    assert payloads.is_dir()
    spoilt()


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


def test_a_body_of_more_values_than_can_be_looked_at_is_refused_at_once() -> None:
    topic = "application/a/device/d/event/up"
    for body, reason in (
        ([1] * 20_000, RefusalReason.OVERSIZE),
        ({"object": [{"a": 1, "b": 2}] * 10_000}, RefusalReason.OVERSIZE),
        ([1] * 200, RefusalReason.INVALID),
    ):
        incoming = Incoming("mqtt", topic, json.dumps(body).encode(), NOW)
        assert _ADAPTERS["chirpstack"].translate(incoming).refusals[0].reason is reason
