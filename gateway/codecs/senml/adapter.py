"""The SenML adapter: packs to reports, by what their names mean."""

import re
from typing import Final

from gateway.codecs.guarded import guarded, refused
from gateway.codecs.measured import Measured, by_the_clock, instant
from gateway.codecs.names import NameTable
from gateway.codecs.senml.encodings import PackError, is_cbor
from gateway.codecs.senml.pack import read_pack
from gateway.codecs.senml.resolve import Resolved, resolve
from gateway.translation import ForeignId, Incoming, Outcome, RefusalReason

SYSTEM: Final = "senml"

_URN: Final = re.compile(
    r"(?P<device>urn:(?:dev:[a-z]+|[a-z0-9]+):[A-Za-z0-9.-]+)(?:[:_/]+(?P<measurement>.*))?\Z"
)
"""A device that names itself by a URN (RFC 9039), and what it measured."""


class SenmlAdapter:
    """Translates SenML packs, JSON or CBOR.

    A record's device is what stands in its name before the measurement; where the name is a
    measurement alone, it is the last level of the topic or route.
    """

    name = SYSTEM
    topics = (f"{SYSTEM}/#",)

    def __init__(self, names: NameTable) -> None:
        self._names = names

    @guarded
    def translate(self, incoming: Incoming) -> Outcome:
        """Return what becomes of a pack; it never raises."""
        try:
            cbor = is_cbor(incoming.body, incoming.content_type)
            records = read_pack(incoming.body, cbor=cbor)
            resolved = resolve(records, incoming.received_at.timestamp())
        except PackError as error:
            return refused(error.reason, str(error))
        measured = Measured(self._names, "record")
        here = sender(incoming.where, SYSTEM)
        for record in resolved:
            take(measured, record, *_split(record.name, here))
        return measured.outcome(by_the_clock)


def sender(where: str, system: str) -> str:
    """Return the device that a topic or route names with its last level; empty if it names none."""
    levels = [level for level in where.partition("?")[0].split("/") if level]
    return "" if levels == [system] or not levels else levels[-1]


def take(measured: Measured, record: Resolved, device: str, name: str) -> None:
    """Take one resolved record as a measurement of a device."""
    if not device:
        measured.refuse(
            None,
            RefusalReason.UNKNOWN_DEVICE,
            f"{record.name!r} names no device, and neither does the topic",
        )
        return
    foreign = ForeignId(SYSTEM, device)
    observed_at = instant(record.at)
    if observed_at is None:
        measured.refuse(foreign, RefusalReason.INVALID, f"{name!r}: time {record.at} is no instant")
        return
    if record.unknown:
        measured.refuse(
            foreign,
            RefusalReason.UNKNOWN_FIELD,
            f"{record.name!r}: {', '.join(map(repr, record.unknown))} is no field of SenML",
        )
    for reading in _readings(record, name, measured, foreign):
        measured.add(foreign, observed_at, reading, interval_seconds=record.within)


def _readings(
    record: Resolved, name: str, measured: Measured, device: ForeignId
) -> list[tuple[str, str, float]]:
    """Return name, unit and number of a record's value and of its sum."""
    readings = []
    for label, value in record.values.items():
        if label in {"v", "vb"}:
            readings.append((name, record.unit, value))
        elif (left_out := measured.left_out(device, name)) is not None:
            measured.leave_out(left_out.because)
        else:
            measured.refuse(
                device,
                RefusalReason.UNSUPPORTED,
                f"{record.name!r}: {label} {_shown(value)} is not a number",
            )
    if record.total is not None:
        # A sum is of the value over time: of watts, watt-seconds.
        readings.append((f"sum of {name}", f"{record.unit}s", record.total))
    return readings


def _shown(value: object) -> str:
    return f"of {len(value)} bytes" if isinstance(value, bytes) else f"{value!r:.80}"


def _split(name: str, here: str) -> tuple[str, str]:
    """Return the device that a name begins with, and the measurement that it ends with."""
    urn = _URN.match(name)
    if urn is not None:
        return urn["device"], urn["measurement"] or ""
    if here:
        return here, name.removeprefix(here).lstrip(":/_")
    place = max(name.rfind(":"), name.rfind("/"))
    return (name[:place], name[place + 1 :]) if place > 0 else (name, "")
