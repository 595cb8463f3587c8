"""Event logs: a line (docs/events.md) as what the engine is told."""

from datetime import datetime
from typing import Any, Final
from zlib import crc32

import msgspec
from msgspec import Raw, Struct, ValidationError

from rules.model import Beat, Event, Own, Report, Said, Session, Window

_CHANNELS: Final = frozenset({"telemetry", "event", "status"})
_BLINDING: Final = frozenset({"broker", "ingest"})
"""Parts through which the writer of an event log sees what it tells."""


_NOTHING: Final = Raw(b"")


class _Values(Struct):
    power: str | None = None
    probes_sent: float | None = None
    probes_ok: float | None = None


class _Payload(Struct):
    boot_id: int | None = None
    seq: int | None = None
    backfill: bool = False
    interval_s: float | None = None
    values: Raw = _NOTHING
    event: str | None = None
    state: str | None = None
    reason: str | None = None


class _Line(Struct, tag_field="kind"):
    received_at: str
    delivered_at: str | None = None


class _Message(_Line, tag="message", kw_only=True):
    topic: str
    payload: _Payload


class _Connect(_Line, tag="connect", kw_only=True):
    client: str


class _Disconnect(_Line, tag="disconnect", kw_only=True):
    client: str
    reason: str


class _Broker(_Line, tag="broker", kw_only=True):
    state: str


class _Service(_Line, tag="service", kw_only=True):
    service: str
    state: str
    blinding: bool | None = None


class _Beat(_Line, tag="beat"):
    pass


class _Tick(_Line, tag="tick"):
    pass


class _Maintenance(_Line, tag="maintenance", kw_only=True):
    maintenance: str
    node: str
    starts_at: str
    ends_at: str


class _Header(_Line, tag="header"):
    pass


class _End(_Line, tag="end"):
    pass


_AnyLine = (
    _Message
    | _Connect
    | _Disconnect
    | _Broker
    | _Service
    | _Beat
    | _Tick
    | _Maintenance
    | _Header
    | _End
)
_decode_line: Final = msgspec.json.Decoder(_AnyLine).decode
_decode_values: Final = msgspec.json.Decoder(_Values).decode


class _Unknown(Struct):
    """What every line has, whatever its kind."""

    received_at: str
    kind: str
    delivered_at: str | None = None
    topic: str = ""


class EventReader:
    """Reads lines, one after the other."""

    def __init__(self) -> None:
        self._seconds = Seconds()
        self._topics: dict[str, tuple[str, str]] = {}

    def read(self, line: bytes) -> tuple[Event | None, float]:
        """Return what a line tells the engine, and when it was delivered.

        None is told by kinds and channels that the engine knows nothing of.

        Raises:
            ValueError: the line is not what it should be.
        """
        try:
            body = _decode_line(line)
        except ValidationError as error:
            return None, self._unknown(line, error)
        at = self._seconds(body.received_at)
        delivered_at = at if body.delivered_at is None else self._seconds(body.delivered_at)
        if type(body) is _Message:
            return self._message(body, at), delivered_at
        return self._other(body, at), delivered_at

    def _unknown(self, line: bytes, error: ValidationError) -> float:
        """Return when a line was delivered that may be of a kind or channel we do not know."""
        body = msgspec.json.decode(line, type=_Unknown)
        ours = body.kind in _KINDS and (body.kind != "message" or _channel(body.topic) in _CHANNELS)
        if ours:
            raise error
        return self._seconds(body.delivered_at or body.received_at)

    def _message(self, body: _Message, at: float) -> Event | None:
        known = self._topics.get(body.topic)
        if known is None:
            *_, device, channel = body.topic.split("/")
            known = self._topics[body.topic] = (device, channel)
        device, channel = known
        payload = body.payload
        if channel == "telemetry":
            return _report(device, payload, at)
        if channel == "event":
            return Said(at, device, _needed(payload.event, "event"))
        if channel == "status":
            if payload.reason == "shutdown":
                return Said(at, device, "goodbye")
            return Said(at, device, payload.reason or _needed(payload.state, "state"))
        return None

    def _other(self, body: Any, at: float) -> Event | None:  # noqa: ANN401 - any line but a message
        match body:
            case _Connect():
                return Session(at, body.client, connected=True)
            case _Disconnect():
                return Session(at, body.client, connected=False, reason=body.reason)
            case _Broker():
                return Own(at, "broker", body.state == "up")
            case _Service():
                part, blinding = body.service, body.blinding
                if blinding is None:
                    blinding = part in _BLINDING
                return Own(at, part, body.state == "up", blinding=blinding)
            case _Maintenance():
                starts_at, ends_at = self._seconds(body.starts_at), self._seconds(body.ends_at)
                return Window(at, body.maintenance, body.node, starts_at, ends_at)
            case _:
                return Beat(at) if isinstance(body, _Beat | _Tick) else None


_KINDS: Final = frozenset(
    {
        "message",
        "connect",
        "disconnect",
        "broker",
        "service",
        "beat",
        "tick",
        "maintenance",
        "header",
        "end",
    }
)


def _channel(topic: str) -> str:
    return topic.rpartition("/")[2]


def _needed(value: str | None, name: str) -> str:
    if value is None:
        raise ValueError(f"payload: no {name}")
    return value


def _report(device: str, payload: _Payload, at: float) -> Report:
    if not payload.values or payload.boot_id is None or payload.seq is None:
        raise ValueError("payload: boot_id, seq or values are missing")
    values = _decode_values(payload.values)
    sent = values.probes_sent
    if sent:
        if values.probes_ok is None:
            raise ValueError("payload: probes_sent without probes_ok")
        loss, digest = 1 - values.probes_ok / sent, 0
    else:
        loss, digest = None, crc32(payload.values)
    return Report(
        at,
        device,
        payload.boot_id,
        payload.seq,
        payload.backfill,
        payload.interval_s,
        loss,
        values.power == "battery",
        digest,
    )


class Seconds:
    """Reads instants; those of one log mostly share their minute with the one before."""

    def __init__(self) -> None:
        self._minute = ""
        self._base = 0.0

    def __call__(self, instant: str) -> float:
        """Return the seconds since 1970 of RFC 3339 text."""
        if len(instant) != _USUAL_LENGTH or instant[-1] != "Z" or instant[19] != ".":
            return datetime.fromisoformat(instant).timestamp()
        minute = instant[:17]
        if minute != self._minute:
            self._base = datetime.fromisoformat(f"{minute}00Z").timestamp()
            self._minute = minute
        return self._base + float(instant[17:23])


_USUAL_LENGTH: Final = len("2026-03-02T01:00:04.182Z")
