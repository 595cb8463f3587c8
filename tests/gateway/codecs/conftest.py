"""Fixtures: the codecs, and the collected payloads of other systems beside the checkout."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from gateway.codecs.loading import load_codecs
from gateway.translation import Adapter, Incoming, Outcome

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

Translate = Callable[..., Outcome]


@pytest.fixture
def codecs() -> dict[str, Adapter]:
    """The codecs, remembering nothing."""
    return load_codecs()


@pytest.fixture
def translate(codecs: dict[str, Adapter]) -> Translate:
    """Translates bytes by a codec's name; over MQTT where the codec is Sparkplug."""

    def run(
        codec: str,
        body: bytes,
        where: str = "",
        content_type: str | None = None,
        received_at: datetime = NOW,
    ) -> Outcome:
        channel: Literal["http", "mqtt"] = "mqtt" if codec == "sparkplug" else "http"
        return codecs[codec].translate(Incoming(channel, where, body, received_at, content_type))

    return run


@pytest.fixture(scope="session")
def payloads() -> Path:
    """The directory with payloads of other systems; it is kept beside the checkout."""
    for parent in Path(__file__).parents:
        if (parent / "shared/data/gateway-payloads").is_dir():
            return parent / "shared/data/gateway-payloads"
    missing = "there is no ../shared/data/gateway-payloads beside the checkout"
    if "CI" in os.environ:
        pytest.fail(missing)
    pytest.skip(missing)
