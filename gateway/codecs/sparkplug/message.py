"""Message: what one message of an edge node changes in what is remembered, and what it says."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from gateway.codecs.measured import Measured, by_the_clock, instant
from gateway.codecs.names import NameTable
from gateway.codecs.sparkplug.metrics import Sender, metric_named, names_of, take_metrics
from gateway.codecs.sparkplug.nodes import SHARED, EdgeNode, Order, Requests
from gateway.codecs.sparkplug.presence import came, went
from gateway.codecs.sparkplug.schema import payload_class
from gateway.codecs.sparkplug.topics import Kind, SparkplugTopic
from gateway.codecs.sparkplug.values import whole_in
from gateway.translation import ForeignId, Ignored, Incoming, Outcome, Refusal, RefusalReason, Reply

SYSTEM: Final = "sparkplug"

_BOOLEAN: Final = 11
_LARGEST: Final = 2**63 - 1


class Message:
    """One message on its way.

    Args:
        topic: where it came.
        payload: what it says.
        incoming: the same as it arrived.
        outcome: to be filled.
        names: what metrics' names mean.
        requests: whether one may ask for a birth.
    """

    def __init__(
        self,
        topic: SparkplugTopic,
        payload: Any,  # noqa: ANN401 - a class that protobuf makes at run time
        incoming: Incoming,
        outcome: Outcome,
        names: NameTable,
        requests: Requests,
    ) -> None:
        self._topic = topic
        self._payload = payload
        self._received_at = incoming.received_at
        self._outcome = outcome
        self._names = names
        self._requests = requests
        self._id = ForeignId(SYSTEM, topic.sender_id)
        self._digest = hashlib.blake2b(
            incoming.where.encode() + b"\0" + incoming.body, digest_size=12
        ).digest()

    def take(self, node: EdgeNode) -> None:
        """Let the node take the message."""
        if node.is_repeat(self._digest):
            self._ignore("the message before, delivered once more")
        elif self._topic.kind is Kind.NBIRTH:
            self._birth(node)
        elif self._topic.kind is Kind.NDEATH:
            self._death(node)
        else:
            self._follow(node)

    def _birth(self, node: EdgeNode) -> None:
        bd_seq = self._bd_seq()
        if bd_seq is None:
            self._refuse(RefusalReason.INVALID, "a birth without bdSeq")
        elif self._seq is None:
            self._refuse(RefusalReason.INVALID, "a birth without seq")
        elif self._observed_at() is None:
            self._refuse(RefusalReason.NO_TIME, f"timestamp {self._payload.timestamp}")
        else:
            begun = node.begin(self._payload.timestamp, bd_seq, self._seq, self._digest)
            self._learn(node)
            if begun:
                self._came(node)
            self._measure(node)

    def _death(self, node: EdgeNode) -> None:
        bd_seq = self._bd_seq()
        if bd_seq is None:
            self._refuse(RefusalReason.INVALID, "a death without bdSeq")
        elif not node.boot_id:
            self._refuse(
                RefusalReason.SEQUENCE,
                f"the death of session {bd_seq}: no birth was seen, so it may be of an older one",
            )
            self._ask(node)
        elif not node.online or bd_seq != node.bd_seq:
            self._ignore("the death of another session than that of the last birth")
        else:
            for device in node.end():
                id_ = ForeignId(SYSTEM, f"{self._topic.node_id}/{device}")
                self._outcome.translated.append(went(id_, node, None))
            self._outcome.translated.append(went(self._id, node, None))

    def _follow(self, node: EdgeNode) -> None:
        if self._seq is None:
            self._refuse(RefusalReason.INVALID, f"{self._topic.kind} without a seq of 0 to 255")
            return
        order = node.follow(self._seq, self._digest)
        if self._topic.kind is Kind.DBIRTH and node.trusted and self._topic.device is not None:
            new = self._learn(node)
            if new and self._observed_at() is not None:
                self._came(node)
        if self._topic.kind is Kind.DDEATH:
            self._device_died(node)
        lost = self._measure(node)
        if order is not Order.NEXT or lost or not node.trusted:
            self._ask(node)

    def _learn(self, node: EdgeNode) -> bool:
        """Let the node learn the names of a birth; whether the sender is new in this session."""
        types, aliases = names_of(self._payload)
        shared = [str(alias) for alias, name in aliases.items() if name == SHARED]
        if shared:
            few = ", ".join(shared[:10])
            self._refuse(RefusalReason.INVALID, f"of several metrics each: the aliases {few}")
        return node.learn(self._topic.device, types, aliases)

    def _device_died(self, node: EdgeNode) -> None:
        died_at = self._observed_at()
        if not node.online:
            self._refuse(RefusalReason.SEQUENCE, "a device's death, and no birth was seen")
        elif died_at is None:
            self._refuse(RefusalReason.NO_TIME, f"timestamp {self._payload.timestamp}")
        else:
            if self._topic.device in node.types:
                node.forget(str(self._topic.device))
            self._outcome.translated.append(went(self._id, node, died_at))

    def _measure(self, node: EdgeNode) -> bool:
        measured = Measured(self._names, "metric")
        sender = Sender(node, self._topic.device, self._id)
        lost = take_metrics(self._payload, sender, measured)
        found = measured.outcome(self._order(node))
        self._outcome.translated += found.translated
        self._outcome.refusals += found.refusals
        self._outcome.ignored += found.ignored
        return lost

    def _order(self, node: EdgeNode) -> Callable[[datetime], tuple[int, int]]:
        if not node.online:
            return by_the_clock
        return lambda _: (node.boot_id, node.next_number(self._topic.device))

    def _ask(self, node: EdgeNode) -> None:
        if self._requests.may_ask(node, self._received_at):
            self._outcome.replies.append(
                Reply(self._topic.command(), rebirth_request(self._received_at))
            )

    def _came(self, node: EdgeNode) -> None:
        observed_at = self._observed_at()
        assert observed_at is not None  # noqa: S101 - for the type checker: the callers looked
        self._outcome.translated.append(came(self._id, node, observed_at))

    @property
    def _seq(self) -> int | None:
        seq = self._payload.seq
        return int(seq) if self._payload.HasField("seq") and seq < 256 else None  # noqa: PLR2004 - a byte

    def _bd_seq(self) -> int | None:
        metric = metric_named(self._payload, "bdSeq")
        number = None if metric is None else whole_in(metric)
        return number if number is not None and number <= _LARGEST else None

    def _observed_at(self) -> datetime | None:
        milliseconds = self._payload.timestamp
        return instant(milliseconds / 1000) if milliseconds else None

    def _ignore(self, because: str) -> None:
        self._outcome.ignored.append(Ignored(self._topic.kind, because))

    def _refuse(self, reason: RefusalReason, detail: str) -> None:
        self._outcome.refusals.append(Refusal(reason, detail, self._id))


def rebirth_request(now: datetime) -> bytes:
    """Return the payload of the command that asks an edge node for its births."""
    milliseconds = int(now.astimezone(UTC).timestamp() * 1000)
    payload = payload_class()(timestamp=milliseconds)
    payload.metrics.add(
        name=b"Node Control/Rebirth",
        timestamp=milliseconds,
        datatype=_BOOLEAN,
        boolean_value=True,
    )
    return bytes(payload.SerializeToString())
