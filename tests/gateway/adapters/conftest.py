"""Fixtures: every adapter, and a way to hand one a message."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gateway.adapters.loading import load_adapters
from gateway.translation import Adapter, Incoming, Outcome
from tests.gateway.codecs.conftest import payloads

__all__ = ["payloads"]

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

Hand = Callable[..., Outcome]


@pytest.fixture(scope="session")
def adapters() -> dict[str, Adapter]:
    """Every shipped adapter by name."""
    return load_adapters()


@pytest.fixture(scope="session")
def hand(adapters: dict[str, Adapter]) -> Hand:
    """Hands an adapter a body: over MQTT with a topic, over HTTP without."""

    def run(
        name: str, body: object, topic: str | None = None, route: str = "", *, retain: bool = False
    ) -> Outcome:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        incoming = (
            Incoming("http", route, content, NOW)
            if topic is None
            else Incoming("mqtt", topic, content, NOW, retain=retain)
        )
        return adapters[name].translate(incoming)

    return run
