"""Samples: messages in files, as they would arrive."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.errors import UsageError
from gateway.translation import Incoming
from province.payloads import MalformedError, check_keys

_ENVELOPE: Final = frozenset({"payload", "payload_json", "hex"})
"""The keys of which a line has one, unless it is the body itself."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a sample is taken to have arrived, where its file does not say it.

    Attributes:
        topic: over MQTT, on this topic; None: over HTTP.
        route: what stands behind the adapter's name in the HTTP route.
        received_at: when.
        retained: the broker had kept it.
    """

    topic: str | None
    route: str
    received_at: datetime
    retained: bool = False

    def of(self, body: bytes, topic: str | None = None, *, retained: bool = False) -> Incoming:
        """Return a body as it arrives."""
        where = topic if topic is not None else self.topic
        if where is None:
            return Incoming("http", self.route, body, self.received_at)
        return Incoming("mqtt", where, body, self.received_at, retain=retained or self.retained)


def read_samples(content: bytes, name: str, arrival: Arrival) -> Iterator[tuple[str, Incoming]]:
    """Yield each message of a file and the place where it stands.

    A `.jsonl` file has a message a line, either the body itself, or an object with `payload`, or
    with the bytes as `hex`, and where there is one, `topic` and `retained`. Any other file is one
    body.

    Raises:
        UsageError: a line of a `.jsonl` file is not JSON, or its `hex` is no hexadecimal text.
    """
    if not name.endswith(".jsonl"):
        yield name, arrival.of(content)
        return
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            yield f"{name}:{number}", _of_line(line, f"{name}:{number}", arrival)


def _of_line(line: bytes, place: str, arrival: Arrival) -> Incoming:
    try:
        value: Any = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{place}: not JSON: {error}") from None
    if not isinstance(value, dict) or not _ENVELOPE & value.keys():
        return arrival.of(line)
    try:
        # What is inside is written anew, and would lose them.
        check_keys(line)
    except MalformedError as error:
        raise UsageError(f"{place}: {error}") from None
    body = _body(value, place)
    topic = value.get("topic")
    if topic is not None and not isinstance(topic, str):
        raise UsageError(f"{place}: topic {topic!r} is not text")
    return arrival.of(body, topic, retained=value.get("retained") is True)


def _body(value: dict[str, Any], place: str) -> bytes:
    # What `payload` shows of a binary message is for people: the bytes count.
    if "hex" in value:
        try:
            return bytes.fromhex(value["hex"])
        except (TypeError, ValueError):
            raise UsageError(f"{place}: hex {value['hex']!r:.80} is no hexadecimal text") from None
    payload = value["payload"] if "payload" in value else value["payload_json"]
    return payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
