"""The LwM2M adapter: reads of objects, as SenML packs, to reports."""

from typing import Any, Final

from gateway.codecs.guarded import guarded, refused
from gateway.codecs.lwm2m.objects import known_resources
from gateway.codecs.lwm2m.paths import Path, PathError, parse_path
from gateway.codecs.measured import Measured, by_the_clock, instant
from gateway.codecs.names import NameTable
from gateway.codecs.senml.adapter import sender
from gateway.codecs.senml.encodings import PackError, is_cbor
from gateway.codecs.senml.pack import read_pack
from gateway.codecs.senml.resolve import Resolved, resolve
from gateway.translation import ForeignId, Incoming, Outcome, RefusalReason

SYSTEM: Final = "lwm2m"

_DEVICE: Final = 3
_POWER_SOURCES, _POWER_VOLTAGE = 6, 7
_BATTERIES: Final = frozenset({1, 2})
_UNIT, _MEASURED_AT, _QUALITY = 5701, 5518, 6042
_REJECTED: Final = frozenset({1, 2})
"""Of the quality indicator: rejected with certainty, and with probability."""
_HUNDREDTHS: Final = "/100"


class LwM2mAdapter:
    """Translates reads and notifications of LwM2M objects.

    The device is the last level of the topic or route (the endpoint's name), or what stands before
    the path in the records' names.
    """

    name = SYSTEM
    topics = (f"{SYSTEM}/#",)

    def __init__(self, names: NameTable) -> None:
        self._names = names

    @guarded
    def translate(self, incoming: Incoming) -> Outcome:
        """Return what becomes of a read; it never raises."""
        now = incoming.received_at.timestamp()
        try:
            cbor = is_cbor(incoming.body, incoming.content_type)
            resolved = resolve(read_pack(incoming.body, cbor=cbor), now, paths=True)
        except PackError as error:
            return refused(error.reason, str(error))
        measured = Measured(self._names, "resource")
        read = _Read(self._names, measured, sender(incoming.where, SYSTEM), now)
        read.take(resolved)
        return measured.outcome(by_the_clock)


class _Read:
    """One pack on its way: records lean on others of the same instance."""

    def __init__(self, names: NameTable, measured: Measured, endpoint: str, now: float) -> None:
        self._names = names
        self._measured = measured
        self._endpoint = endpoint
        self._now = now
        self._said: dict[tuple[Path, float], Any] = {}

    def take(self, records: list[Resolved]) -> None:
        placed: list[tuple[Path, Resolved]] = []
        for record in records:
            try:
                path = parse_path(record.name)
            except PathError as error:
                self._measured.refuse(None, RefusalReason.INVALID, str(error))
                continue
            placed.append((path, record))
            for value in record.values.values():
                self._said[path, record.at] = value
        for path, record in placed:
            self._place(path, record)

    def _place(self, path: Path, record: Resolved) -> None:
        id_ = path.device or self._endpoint
        device = ForeignId(SYSTEM, id_) if id_ else None
        resource = known_resources().get((path.object, path.resource))
        if device is None:
            detail = f"{record.name!r} names no endpoint, and neither does the topic"
            self._measured.refuse(None, RefusalReason.UNKNOWN_DEVICE, detail)
        elif record.unknown:
            detail = f"{record.name!r}: {', '.join(map(repr, record.unknown))} is no field of SenML"
            self._measured.refuse(device, RefusalReason.UNKNOWN_FIELD, detail)
        elif resource is None:
            detail = f"{record.name!r}: no resource that is known"
            self._measured.refuse(device, RefusalReason.UNKNOWN_FIELD, detail)
        elif not record.values or not all(map(resource.holds, record.values)):
            detail = f"{record.name!r}, {resource}: not a value of type {resource.type}"
            self._measured.refuse(device, RefusalReason.INVALID, detail)
        else:
            self._measure(device, path, record, str(resource))

    def _measure(self, device: ForeignId, path: Path, record: Resolved, what: str) -> None:
        name = self._name(path, record)
        left_out = self._names.left_out(device.id, name)
        (value,) = record.values.values()
        observed_at = instant(self._time(path, record))
        if left_out is not None:
            self._measured.leave_out(left_out.because)
        elif not isinstance(value, int | float):
            detail = f"{record.name!r}, {what}: text or bytes where a reading is a number"
            self._measured.refuse(device, RefusalReason.UNSUPPORTED, detail)
        elif not self._names.has(name):
            detail = f"{record.name!r}, {what}: no metric here; a line in lwm2m.csv can name one"
            self._measured.refuse(device, RefusalReason.UNKNOWN_FIELD, detail)
        elif observed_at is None:
            detail = f"{record.name!r}, {what}: time {record.at} is no instant"
            self._measured.refuse(device, RefusalReason.INVALID, detail)
        elif self._beside(path, record, _QUALITY) in _REJECTED:
            detail = f"{record.name!r}, {what}: the device itself rejects it"
            self._measured.refuse(device, RefusalReason.INVALID, detail)
        else:
            reading = (name, self._unit(path, record), value)
            self._measured.add(device, observed_at, reading, interval_seconds=record.within)

    def _name(self, path: Path, record: Resolved) -> str:
        """Return the name in the table: of this object, or of a resource that many objects have."""
        if (path.object, path.resource) == (_DEVICE, _POWER_VOLTAGE):
            source = self._beside(path, record, _POWER_SOURCES, path.item)
            if source is not None:
                return f"{path.resource_name} of {'battery' if source in _BATTERIES else 'supply'}"
        shared = f"*/{path.resource}"
        own = self._names.has(path.resource_name) or not self._names.has(shared)
        return path.resource_name if own else shared

    def _unit(self, path: Path, record: Resolved) -> str:
        said = self._beside(path, record, _UNIT)
        if record.unit or not isinstance(said, str):
            return record.unit
        # Resource 5701 is written in UCUM, where % is a hundredth; SenML's own % is a ratio.
        return _HUNDREDTHS if said == "%" else said

    def _time(self, path: Path, record: Resolved) -> float:
        """Return when it was measured: a record without a time may have it beside."""
        said = self._beside(path, record, _MEASURED_AT)
        has_own = record.at != self._now
        return record.at if has_own or not isinstance(said, int | float) else said

    def _beside(self, path: Path, record: Resolved, resource: int, item: int | None = None) -> Any:  # noqa: ANN401 - any value of a resource
        return self._said.get((path.beside(resource, item), record.at))
