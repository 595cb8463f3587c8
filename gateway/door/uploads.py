"""Uploads: what a device sends over HTTP instead of MQTT, word for word the wire contract."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from aiohttp import web

from gateway import keys
from gateway.bodies import read_body, too_large
from gateway.door import keys as door_keys
from gateway.door.answers import ONE, Tally, accepted
from gateway.door.clocks import ClockLimits
from gateway.door.faults import MalformedBodyError
from gateway.door.judge import Judge, Kept
from gateway.door.messages import MAXIMUM_REPORTS, messages
from gateway.door.registry import KnownDevice
from gateway.door.sender import sender_of
from gateway.problems.kinds import MALFORMED, UNSUPPORTED
from gateway.problems.problem import Problem, unavailable
from province.payloads import MalformedError, load_cbor, load_distinct_json
from province.topics import Channel
from runtime.broker.errors import PublishError

_JSON: Final = "application/json"
_CBOR: Final = "application/cbor"


async def telemetry(request: web.Request) -> web.Response:
    """Take one report of a device, or an array of them; 202 once the broker has them."""
    device = await sender_of(request)
    cbor = _format(request, _JSON, _CBOR) == _CBOR
    body, judge = await _read(request), _judge(request, device)
    try:
        if not cbor and body[:1] == b"{" and not judge.one_report(body):
            # By far the most frequent upload: good, and passed on as it is.
            return await _pass_on(request, device.topic(Channel.TELEMETRY), [body], ONE)
        loaded = load_cbor(body) if cbor else load_distinct_json(body)
    except (MalformedBodyError, MalformedError) as error:
        raise Problem(MALFORMED, str(error)) from None
    items = loaded if isinstance(loaded, list) else [loaded]
    if len(items) > MAXIMUM_REPORTS:
        raise too_large(f"array of {len(items)} reports; at most {MAXIMUM_REPORTS}")
    records = judge.reports(items)
    good = [each.item for each in records if each.item is not None]
    most = request.app[keys.SETTINGS].maximum_payload_bytes
    payloads = (
        [body]
        if not any(each.faults for each in records)
        else [payload for payload, _ in messages(good, cbor=cbor, most_bytes=most)]
    )
    channel = Channel.TELEMETRY_CBOR if cbor else Channel.TELEMETRY
    return await _pass_on(request, device.topic(channel), payloads, Tally.of(records))


async def status(request: web.Request) -> web.Response:
    """Take the status of a device; the broker keeps it as retained."""
    return await _one(request, Channel.STATUS, Judge.status, retain=True)


async def event(request: web.Request) -> web.Response:
    """Take an event of a device."""
    return await _one(request, Channel.EVENT, Judge.event, retain=False)


async def _one(
    request: web.Request,
    channel: Channel,
    verdict: Callable[[Judge, object], Kept],
    *,
    retain: bool,
) -> web.Response:
    device = await sender_of(request)
    _format(request, _JSON)
    body = await _read(request)
    try:
        record = verdict(_judge(request, device), load_distinct_json(body))
    except MalformedError as error:
        raise Problem(MALFORMED, str(error)) from None
    return await _pass_on(request, device.topic(channel), [body], Tally.of([record]), retain=retain)


async def _pass_on(
    request: web.Request,
    topic: str,
    payloads: Sequence[bytes],
    tally: Tally,
    *,
    retain: bool = False,
) -> web.Response:
    """Publish and answer: the one place where 202 is said."""
    instruments = request.app[door_keys.INSTRUMENTS]
    instruments.refused_records(tally.reasons)
    if not tally.accepted:
        raise tally.problem()
    publisher = request.app[door_keys.PUBLISHER]
    try:
        if len(payloads) == 1:
            await publisher.publish(topic, payloads[0], retain=retain)
        else:
            await asyncio.gather(*(publisher.publish(topic, each) for each in payloads))
    except PublishError as error:
        raise unavailable(f"the broker does not take it: {error}") from error
    instruments.accepted_records(tally.accepted)
    return accepted(tally)


def _format(request: web.Request, *known: str) -> str:
    """Return what a body is announced as; the first known format, where it is not."""
    announced = request.content_type if "Content-Type" in request.headers else known[0]
    if announced not in known:
        raise Problem(UNSUPPORTED, f"Content-Type {announced[:60]!r}: send {' or '.join(known)}")
    return announced


async def _read(request: web.Request) -> bytes:
    settings = request.app[keys.SETTINGS]
    return await read_body(request, settings.maximum_payload_bytes, settings.body_timeout)


def _judge(request: web.Request, device: KnownDevice) -> Judge:
    settings = request.app[keys.SETTINGS]
    return Judge(
        device,
        request.app[door_keys.REGISTRY].known.metrics,
        ClockLimits(settings.maximum_age, settings.maximum_ahead),
        request.app[keys.CLOCK].now(),
    )
