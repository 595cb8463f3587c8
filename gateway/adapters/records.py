"""Records: one report rule of an adapter, and one message or item, to records of the contract."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.adapters.coverage import Reads
from gateway.adapters.decoders.decoded import Reading
from gateway.adapters.decoders.shelf import Shelf
from gateway.adapters.errors import RefusedError
from gateway.adapters.findings import Findings
from gateway.adapters.placing import counter_of, device_of, time_of, word_of
from gateway.adapters.schema import Report
from gateway.adapters.values import Taken, take_values
from gateway.translation import ForeignId, Ignored, Incoming
from province.instants import format_instant
from province.topics import Channel

Root = Mapping[str, Any]


class RecordMaker:
    """Makes records of one message.

    Args:
        system: whose names of devices these are.
        shelf: the decoders.
        incoming: the message as it arrived.
        findings: where everything goes.
        message: the kind of message.
    """

    def __init__(
        self, system: str, shelf: Shelf, incoming: Incoming, findings: Findings, message: str
    ) -> None:
        self._system = system
        self._shelf = shelf
        self._incoming = incoming
        self._findings = findings
        self._message = message

    def make(self, report: Report, root: Root, reads: Reads) -> None:
        """Make the records of a report rule; what is wrong is refused."""
        device: ForeignId | None = None
        try:
            device = ForeignId(self._system, device_of(report.device, root, reads))
            root = {**root, "device": device.id}
            own = time_of(report.time, root, reads)
            if own is None and self._incoming.retain and report.status is None:
                self._leave_out(report, reads)
            elif report.status is not None:
                self._status(report, device, own, root, reads)
            else:
                self._report(report, device, own or self._incoming.received_at, root, reads)
        except RefusedError as error:
            _account_for(report, reads)
            self._findings.refuse(error, device)

    def _leave_out(self, report: Report, reads: Reads) -> None:
        _account_for(report, reads)
        because = "kept by the broker, and without a time of its own: nobody knows how old it is"
        self._findings.ignored.append(Ignored(self._message, because))

    def _report(
        self, report: Report, device: ForeignId, moment: datetime, root: Root, reads: Reads
    ) -> None:
        head: dict[str, Any] = {
            "observed_at": format_instant(moment),
            "boot_id": 0
            if report.boot is None
            else counter_of(report.boot, root, reads, "boot_id"),
            # A time rises as a counter would, and is the same again in the same message.
            "seq": _milliseconds(moment)
            if report.seq is None
            else counter_of(report.seq, root, reads, "seq"),
        }
        if report.event is not None:
            self._event(report, device, head, root, reads)
        else:
            self._telemetry(report, device, head, root, reads)

    def _telemetry(
        self, report: Report, device: ForeignId, head: dict[str, Any], root: Root, reads: Reads
    ) -> None:
        taken = Taken(reads=reads)
        take_values(report.values, root, taken)
        readings = [Reading(None, taken.values)]
        if report.payload is not None:
            decoded = self._shelf.read(report.payload, root, reads)
            taken.refusals += decoded.refusals
            readings[0].values |= decoded.readings[0].values
            readings += decoded.readings[1:]
        for reading in readings:
            if reading.values:
                at = reading.observed_at
                own = {} if at is None else {"observed_at": format_instant(at)}
                record = {**head, **own, "values": reading.values}
                self._findings.add(device, Channel.TELEMETRY, record)
        for error in taken.refusals:
            self._findings.refuse(error, device)

    def _status(
        self, report: Report, device: ForeignId, own: datetime | None, root: Root, reads: Reads
    ) -> None:
        assert report.status is not None  # noqa: S101 - for the type checker: the caller looked
        state = word_of(report.status, root, reads, "state")
        if state is None:
            return
        record: dict[str, Any] = {
            "state": state,
            "boot_id": 0,
            # Nothing tells these connections apart but their time.
            "connection": _milliseconds(own or self._incoming.received_at),
        }
        if own is not None:
            record["observed_at"] = format_instant(own)
        self._findings.add(device, Channel.STATUS, record)

    def _event(
        self, report: Report, device: ForeignId, head: dict[str, Any], root: Root, reads: Reads
    ) -> None:
        assert report.event is not None  # noqa: S101 - for the type checker: the caller looked
        event = word_of(report.event, root, reads, "event")
        if event is None:
            return
        detail = {}
        for name, expression in report.detail.items():
            reads.note(expression, f"detail {name}", whole=True)
            value = expression(root)
            if value is not None:
                detail[name] = value
        record = {**head, "event": event} | ({"detail": detail} if detail else {})
        self._findings.add(device, Channel.EVENT, record)


def _account_for(report: Report, reads: Reads) -> None:
    # What was not read because the report failed before that is not unknown for it.
    for expression in report.expressions():
        reads.note(expression, "nothing: its report is not made", whole=True)


def _milliseconds(moment: datetime) -> int:
    return max(0, round(moment.timestamp() * 1000))
