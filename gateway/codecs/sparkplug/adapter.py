"""The Sparkplug B adapter: it follows each edge node from birth to death."""

from datetime import timedelta
from typing import Any, Final

from gateway.codecs.guarded import guarded, refused
from gateway.codecs.names import NameTable
from gateway.codecs.sparkplug.host import host_state
from gateway.codecs.sparkplug.message import SYSTEM, Message
from gateway.codecs.sparkplug.nodes import EdgeNodes, Requests
from gateway.codecs.sparkplug.schema import PayloadError, parse_payload
from gateway.codecs.sparkplug.topics import (
    NAMESPACE,
    Kind,
    SparkplugTopicError,
    parse_sparkplug_topic,
)
from gateway.translation import Ignored, Incoming, Outcome, RefusalReason

MAXIMUM_NODES: Final = 2_000
MAXIMUM_NAMES: Final = 200_000
MAXIMUM_METRICS: Final = 5_000
"""Most of one message."""

_KEPT: Final = "kept by the broker: nobody knows whether it is still so"
_PATIENCE: Final = timedelta(minutes=1)
_REQUESTS_A_SECOND: Final = 20


class SparkplugAdapter:
    """Translates Sparkplug B, and asks for a birth whenever it cannot know what a message means.

    It remembers the births of the edge nodes that spoke last, and nothing over a restart: the first
    message of each is answered with the request for a new birth.

    Args:
        names: what metrics' names mean.
        most_nodes: remembered.
        most_names: of their metrics, of all of them together.
    """

    name = SYSTEM
    topics = (f"{NAMESPACE}/#",)

    def __init__(
        self,
        names: NameTable,
        *,
        most_nodes: int = MAXIMUM_NODES,
        most_names: int = MAXIMUM_NAMES,
    ) -> None:
        self._names = names
        self._nodes = EdgeNodes(most_nodes, most_names)
        self._requests = Requests(_PATIENCE, _REQUESTS_A_SECOND)

    @guarded
    def translate(self, incoming: Incoming) -> Outcome:
        """Return what becomes of a message; it never raises."""
        try:
            topic = parse_sparkplug_topic(incoming.where)
        except SparkplugTopicError as error:
            return refused(RefusalReason.UNKNOWN_MESSAGE, str(error))
        if topic.kind is Kind.STATE:
            return host_state(incoming.body)
        if topic.kind in {Kind.NCMD, Kind.DCMD}:
            return Outcome(ignored=[Ignored(topic.kind, "commands go to devices")])
        if incoming.retain:
            return Outcome(ignored=[Ignored(topic.kind, _KEPT)])
        try:
            payload = parse_payload(incoming.body)
        except PayloadError as error:
            return refused(RefusalReason.MALFORMED, str(error))
        outcome = _refused_payload(payload)
        if outcome is None:
            outcome = Outcome()
            message = Message(topic, payload, incoming, outcome, self._names, self._requests)
            self._nodes.update(topic.node_id, message.take)
        return outcome


def _refused_payload(payload: Any) -> Outcome | None:  # noqa: ANN401 - a class that protobuf makes at run time
    if payload.HasField("body") or payload.HasField("uuid"):
        return refused(
            RefusalReason.UNSUPPORTED,
            f"a payload inside of a payload, of kind {payload.uuid!r:.80}",
        )
    if len(payload.metrics) > MAXIMUM_METRICS:
        return refused(
            RefusalReason.OVERSIZE, f"{len(payload.metrics)} metrics; at most {MAXIMUM_METRICS}"
        )
    return None
