"""Topics of the wire contract: `srepok/v1/{province}/{commune}/{device}/{channel}`.

docs/topics/README.md shows them with examples to paste.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from province.codes import CodeError, check_code

ROOT: Final = "srepok"
VERSION: Final = "v1"
CANARY_ROOT: Final = "srepok/canary"
"""Where Srepok's own services send messages to themselves; never stored."""

_LEVELS: Final = 6


class Channel(StrEnum):
    """What a message of a device is about; the last level of its topic."""

    TELEMETRY = "telemetry"
    """Reports as JSON."""
    TELEMETRY_CBOR = "telemetry-cbor"
    """Reports as CBOR, for devices without MQTT 5's content type."""
    STATUS = "status"
    """Retained presence, set by the device and by its will."""
    EVENT = "event"
    """One-off events: dying gasp, loss of signal, boot, orderly shutdown."""


class TopicError(ValueError):
    """A topic is outside the wire contract."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One parsed topic; every level but the channel is a code."""

    province: str
    commune: str
    device: str
    channel: Channel

    def __post_init__(self) -> None:
        """Refuse levels that are not codes.

        Raises:
            CodeError: naming the level and its value.
        """
        check_code(self.province, "province")
        check_code(self.commune, "commune")
        check_code(self.device, "device")

    def __str__(self) -> str:
        return f"{ROOT}/{VERSION}/{self.province}/{self.commune}/{self.device}/{self.channel}"


# A device publishes to the same two or three topics for its whole life, so a province's
# topics fit the cache and parsing drops out of the ingest path.
@lru_cache(maxsize=65_536)
def parse_topic(topic: str) -> Topic:
    """Parse a topic of the wire contract.

    Raises:
        TopicError: naming the topic and what is wrong with it.
    """
    levels = topic.split("/")
    if len(levels) != _LEVELS or levels[0] != ROOT:
        raise TopicError(
            f"topic {topic!r}: expected {ROOT}/{VERSION}/PROVINCE/COMMUNE/DEVICE/CHANNEL"
        )
    if levels[1] != VERSION:
        raise TopicError(f"topic {topic!r}: version {levels[1]!r} is not {VERSION!r}")
    try:
        channel = Channel(levels[5])
    except ValueError:
        known = ", ".join(Channel)
        raise TopicError(f"topic {topic!r}: channel {levels[5]!r} is none of {known}") from None
    try:
        return Topic(levels[2], levels[3], levels[4], channel)
    except CodeError as error:
        raise TopicError(f"topic {topic!r}: {error}") from None


def telemetry_filter(province: str = "+", commune: str = "+") -> str:
    """Return the topic filter that matches every channel of every device of a commune."""
    return f"{ROOT}/{VERSION}/{province}/{commune}/#"
