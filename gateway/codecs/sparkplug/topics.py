"""Topics of Sparkplug: `spBv1.0/{group}/{message}/{edge node}` and `/{device}` behind it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NAMESPACE: Final = "spBv1.0"
_NODE_LEVELS: Final = 4
_DEVICE_LEVELS: Final = 5
_HOST_LEVELS: Final = 3


class Kind(StrEnum):
    """What a message is; the third level of its topic."""

    NBIRTH = "NBIRTH"
    NDEATH = "NDEATH"
    NDATA = "NDATA"
    NCMD = "NCMD"
    DBIRTH = "DBIRTH"
    DDEATH = "DDEATH"
    DDATA = "DDATA"
    DCMD = "DCMD"
    STATE = "STATE"


class SparkplugTopicError(ValueError):
    """A topic is none of Sparkplug B's."""


@dataclass(frozen=True, slots=True)
class SparkplugTopic:
    """One parsed topic; of STATE, `group` is empty and `node` is the host."""

    group: str
    kind: Kind
    node: str
    device: str | None = None

    @property
    def node_id(self) -> str:
        """The edge node's name: its group and itself."""
        return f"{self.group}/{self.node}"

    @property
    def sender_id(self) -> str:
        """Whose values these are: the device's name, or the edge node's."""
        return self.node_id if self.device is None else f"{self.node_id}/{self.device}"

    def command(self) -> str:
        """Return the topic of commands to the edge node."""
        return f"{NAMESPACE}/{self.group}/{Kind.NCMD}/{self.node}"


def parse_sparkplug_topic(topic: str) -> SparkplugTopic:
    """Parse a topic of Sparkplug B, or the STATE topic of its version 2.2.

    Raises:
        SparkplugTopicError: naming the topic.
    """
    levels = topic.split("/")
    if levels[:1] == ["STATE"]:
        levels.insert(0, NAMESPACE)
    if levels[:2] == [NAMESPACE, "STATE"] and len(levels) == _HOST_LEVELS:
        return SparkplugTopic("", Kind.STATE, levels[2])
    if levels[0] != NAMESPACE or len(levels) not in {_NODE_LEVELS, _DEVICE_LEVELS}:
        raise SparkplugTopicError(f"topic {topic!r:.200} is none of Sparkplug B")
    try:
        kind = Kind(levels[2])
    except ValueError:
        raise SparkplugTopicError(f"topic {topic!r:.200}: no message {levels[2]!r:.80}") from None
    of_device = kind.startswith("D")
    if kind is Kind.STATE or of_device != (len(levels) == _DEVICE_LEVELS) or not all(levels):
        raise SparkplugTopicError(f"topic {topic!r:.200}: not the levels of {kind}")
    return SparkplugTopic(levels[1], kind, levels[3], levels[4] if of_device else None)
