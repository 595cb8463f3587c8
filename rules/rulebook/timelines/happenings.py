"""Outages of a timeline, as the events that the outage engine hears."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from typing import Final
from zlib import crc32

from province.devices import Device
from province.inventory import Inventory
from rules.model import Beat, Event, Own, Report, Window
from rules.rulebook.subjects import Subject
from rules.rulebook.timelines.model import Outage

_BEAT_SECONDS: Final = 5.0
_BROKER: Final = "broker"


class Happenings:
    """What the devices of an inventory and our own parts do while outages happen to them.

    Every device reports at its interval, each at a phase of its own, except while it is silent or
    the broker is down.

    Args:
        inventory: what there is.
        subjects: what rules know of it.
        outages: what happens.
        start: of the test.
    """

    def __init__(
        self,
        inventory: Inventory,
        subjects: Mapping[str, Subject],
        outages: Sequence[Outage],
        start: datetime,
    ) -> None:
        self._inventory = inventory
        self._subjects = subjects
        self._outages = outages
        self._start = start.timestamp()

    def events(self, until: timedelta) -> Iterator[Event]:
        """Yield the events up to a time from the start, in their order."""
        end = self._start + until.total_seconds()
        streams = [self._reports(device, end) for device in self._inventory.devices]
        ours = sorted(self._ours(end), key=lambda event: event.at)
        return merge(iter(ours), self._beats(end), *streams, key=lambda event: event.at)

    def _beats(self, end: float) -> Iterator[Event]:
        at = self._start
        while at <= end:
            if not self._down(_BROKER, at):
                yield Beat(at)
            at += _BEAT_SECONDS

    def _ours(self, end: float) -> Iterator[Event]:
        for number, outage in enumerate(self._outages):
            begins, ends = self._span(outage)
            if outage.down is not None:
                yield Own(begins, outage.down, up=False, blinding=outage.down == _BROKER)
                if ends <= end:
                    yield Own(ends, outage.down, up=True, blinding=outage.down == _BROKER)
            if outage.maintenance is not None:
                yield Window(self._start, f"w{number + 1}", outage.maintenance, begins, ends)

    def _reports(self, device: Device, end: float) -> Iterator[Event]:
        subject = self._subjects[device.code]
        interval = device.interval_seconds
        # The phase is the device's own: all at once would be a storm that no fleet is.
        at = self._start + crc32(device.code.encode()) % 1000 / 1000 * interval
        seq = 0
        while at <= end:
            seq += 1
            if not self._down(_BROKER, at) and not self._within("silent", subject, at):
                yield self._report(device, subject, at, seq)
            at += interval

    def _report(self, device: Device, subject: Subject, at: float, seq: int) -> Report:
        watches = device.kind.watches_link
        lossy = self._within("lossy", subject, at)
        return Report(
            at,
            device.code,
            1,
            seq,
            interval=device.interval_seconds,
            loss=(lossy.loss if lossy is not None else 0.0) if watches else None,
            on_battery=self._within("on_battery", subject, at) is not None if watches else None,
            digest=0 if watches else seq,
        )

    def _within(self, kind: str, subject: Subject, at: float) -> Outage | None:
        for outage in self._outages:
            match = getattr(outage, kind)
            if match is not None and subject.matches(match):
                begins, ends = self._span(outage)
                if begins <= at < ends:
                    return outage
        return None

    def _down(self, part: str, at: float) -> bool:
        spans = [self._span(one) for one in self._outages if one.down == part]
        return any(begins <= at < ends for begins, ends in spans)

    def _span(self, outage: Outage) -> tuple[float, float]:
        ends = outage.end.total_seconds() if outage.end is not None else float("inf")
        return self._start + outage.start.total_seconds(), self._start + ends
