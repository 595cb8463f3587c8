"""Netvox R718N3, a three-phase current meter.

Its currents are sent as a number and a multiplier apart, which no list of fields can say. A
report comes in frames of eleven bytes, which some networks hand on joined together.
"""

from typing import Final

from gateway.adapters.conversion import checked
from gateway.adapters.decoders.decoded import Decoded
from gateway.adapters.errors import RefusedError
from gateway.translation import RefusalReason
from province.metrics import catalogue

_FRAME: Final = 11
_HEAD: Final = (0x01, 0x4A)
_VERSION, _CURRENTS, _REST, _PACKED, _ALARMS = 0, 1, 2, 3, 4
_PACKED_MULTIPLIERS: Final = (1, 5, 10, 100)
_LOW_VOLTAGE: Final = 0x80
_MILLI: Final = 1000


def decode_r718n3(data: bytes, decoded: Decoded) -> None:
    """Read the frames of a message: currents of the three phases and the battery's voltage.

    Raises:
        RefusedError: it is not made of this device's frames.
    """
    if not data or len(data) % _FRAME:
        raise RefusedError(RefusalReason.INVALID, f"{len(data)} bytes, not frames of {_FRAME}")
    state = _State()
    for at in range(0, len(data), _FRAME):
        state.take(data[at : at + _FRAME], at)
    for metric, value in state.values().items():
        try:
            checked(value, catalogue()[metric], f"{metric}: {value}")
            decoded.put(metric, value)
        except RefusedError as error:
            decoded.refusals.append(error)


class _State:
    """What the frames of one message have said so far; the last of them counts."""

    def __init__(self) -> None:
        self._raw: list[int | None] = [None, None, None]
        self._multipliers: list[int | None] = [None, None, None]
        self._battery: int | None = None

    def take(self, frame: bytes, at: int) -> None:
        if tuple(frame[:2]) != _HEAD:
            raise RefusedError(
                RefusalReason.UNKNOWN_FIELD, f"byte {at}: {frame[:2].hex()} begins no known frame"
            )
        kind = frame[2]
        if kind == _VERSION:
            return
        if kind not in (_CURRENTS, _REST, _PACKED, _ALARMS):
            raise RefusedError(
                RefusalReason.UNKNOWN_FIELD, f"byte {at + 2}: report type {kind} is not known"
            )
        self._battery = frame[3]
        if kind in (_CURRENTS, _PACKED):
            self._raw = [int.from_bytes(frame[i : i + 2]) for i in (4, 6, 8)]
        if kind == _CURRENTS:
            self._multipliers = [frame[10], None, None]
        elif kind == _REST:
            self._multipliers[1:] = [frame[4], frame[5]]
        elif kind == _PACKED:
            self._multipliers = [_PACKED_MULTIPLIERS[frame[10] >> shift & 3] for shift in (0, 2, 4)]

    def values(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for phase, (raw, multiplier) in enumerate(
            zip(self._raw, self._multipliers, strict=True), start=1
        ):
            if raw is not None and multiplier is not None:
                found[f"current_l{phase}_a"] = raw * multiplier / _MILLI
        if self._battery is not None:
            found["battery_volts"] = (self._battery & ~_LOW_VOLTAGE) / 10
        return found
