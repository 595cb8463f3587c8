"""Samples: messages in files, as they would arrive."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.errors import UsageError
from gateway.translation import Incoming


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

    A `.jsonl` file has a message a line, either the body itself, or an object with `payload`, and
    where there is one, `topic` and `retained`. Any other file is one body.

    Raises:
        UsageError: a line of a `.jsonl` file is not JSON.
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
    if not isinstance(value, dict) or "payload" not in value:
        return arrival.of(line)
    payload = value["payload"]
    body = payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
    topic = value.get("topic")
    if topic is not None and not isinstance(topic, str):
        raise UsageError(f"{place}: topic {topic!r} is not text")
    return arrival.of(body, topic, retained=value.get("retained") is True)
