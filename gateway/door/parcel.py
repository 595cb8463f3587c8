"""Parcels: what one foreign message becomes, before any of it is sent or kept. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.door.clocks import ClockLimits
from gateway.door.judge import Judge, Kept
from gateway.door.letters import Letter
from gateway.door.messages import messages
from gateway.door.reasons import Reason
from gateway.door.registry import KnownDevice, Registry
from gateway.translation import Incoming, Outcome, Refusal, Reply
from province.payloads import dump
from province.topics import Channel


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to Srepok's own topics.

    Attributes:
        topic: where it goes.
        payload: what it says.
        retain: whether the broker keeps it.
        device: code of the device whose it is.
        records: how many it carries.
    """

    topic: str
    payload: bytes
    retain: bool
    device: str
    records: int


@dataclass(slots=True)
class Parcel:
    """What one foreign message becomes.

    Attributes:
        adapter: that translated it.
        incoming: the message.
        accepted: records that are to be published.
        ignored: parts that the adapter leaves out on purpose.
        outgoing: for Srepok's own topics.
        letters: for the database.
        replies: for the foreign system.
    """

    adapter: str
    incoming: Incoming
    accepted: int = 0
    ignored: int = 0
    outgoing: list[Outgoing] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def refuse(self, outgoing: Outgoing, why: str) -> None:
        """Make a letter of the whole message for the one of its parts that nobody takes."""
        self.outgoing.remove(outgoing)
        self.accepted -= outgoing.records
        if not any(each.reason == Reason.NOT_PUBLISHED for each in self.letters):
            reason = Reason.NOT_PUBLISHED
            self.letters.append(Letter(self.adapter, self.incoming, reason, why, outgoing.device))


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes parcels of what adapters say.

    Attributes:
        registry: knows whose a foreign name is.
        limits: on times.
        most_bytes: of one message to ingest.
    """

    registry: Registry
    limits: ClockLimits
    most_bytes: int

    def has_strangers(self, outcome: Outcome) -> bool:
        """Whether a newer inventory may make more of it."""
        return any(self.registry.foreign(each.device) is None for each in outcome.translated)

    def pack(self, adapter: str, incoming: Incoming, outcome: Outcome, now: datetime) -> Parcel:
        """Return the parcel of one message.

        Args:
            adapter: that translated it.
            incoming: the message.
            outcome: what the adapter made of it.
            now: our clock.
        """
        parcel = Parcel(
            adapter, incoming, ignored=len(outcome.ignored), replies=list(outcome.replies)
        )
        refused = [self._refused(refusal) for refusal in outcome.refusals]
        for (device, channel), records in self._by_topic(outcome, refused).items():
            judge = Judge(device, self.registry.known.metrics, self.limits, now)
            good = []
            for kept in _judge(judge, channel, records):
                refused += [_Refused(each.reason, str(each), device.code) for each in kept.faults]
                if kept.item is not None:
                    good.append(kept.item)
            for outgoing in self._outgoing(device, channel, good):
                if len(outgoing.payload) <= self.most_bytes:
                    parcel.accepted += outgoing.records
                    parcel.outgoing.append(outgoing)
                else:
                    # The broker might end the connection for it, again and again.
                    size = f"a record of {len(outgoing.payload)} bytes; at most {self.most_bytes}"
                    refused.append(_Refused(Reason.OVERSIZE, size, device.code))
        parcel.letters = list(_letters(adapter, incoming, refused))
        return parcel

    def _refused(self, refusal: Refusal) -> "_Refused":
        device = refusal.device and self.registry.foreign(refusal.device)
        code = device.code if device else None
        return _Refused(refusal.reason, refusal.detail, code)

    def _by_topic(
        self, outcome: Outcome, refused: list["_Refused"]
    ) -> dict[tuple[KnownDevice, Channel], list[dict[str, Any]]]:
        """Return the records of each topic, in their order; strangers' are refused."""
        found: dict[tuple[KnownDevice, Channel], list[dict[str, Any]]] = defaultdict(list)
        for each in outcome.translated:
            device = self.registry.foreign(each.device)
            if device is None:
                detail = f"{each.device}: no device of the inventory has this alias"
                refused.append(_Refused(Reason.UNKNOWN_DEVICE, detail))
            else:
                found[device, each.channel].append(each.record)
        return found

    def _outgoing(
        self, device: KnownDevice, channel: Channel, records: list[dict[str, Any]]
    ) -> Iterable[Outgoing]:
        """Yield each message."""
        topic = device.topic(channel)
        if channel is Channel.TELEMETRY:
            made = messages(records, cbor=False, most_bytes=self.most_bytes)
        else:
            made = [(dump(record, cbor=False), 1) for record in records]
        for payload, count in made:
            yield Outgoing(topic, payload, channel is Channel.STATUS, device.code, count)


@dataclass(frozen=True, slots=True)
class _Refused:
    """What of a message is refused."""

    reason: str
    detail: str
    device: str | None = None


def _judge(judge: Judge, channel: Channel, records: list[dict[str, Any]]) -> list[Kept]:
    if channel is Channel.STATUS:
        return [judge.status(record) for record in records]
    if channel is Channel.EVENT:
        return [judge.event(record) for record in records]
    return judge.reports(records)


def _letters(adapter: str, incoming: Incoming, refused: list[_Refused]) -> Iterable[Letter]:
    """Yield a letter for each reason, however much is refused for it.

    It has the whole message as it came: what is good in it is a duplicate when it is replayed.
    """
    together: dict[str, list[_Refused]] = defaultdict(list)
    for each in refused:
        together[each.reason].append(each)
    for reason, same in together.items():
        more = f" (and {len(same) - 1} more)" if len(same) > 1 else ""
        first = same[0]
        yield Letter(adapter, incoming, reason, f"{first.detail}{more}", first.device)
