"""Values: what a metric of Sparkplug B says, by its data type."""

import struct
from typing import Any, Final

from gateway.translation import RefusalReason

_INT8, _INT16, _INT32, _INT64, _UINT8, _UINT16, _UINT32, _UINT64 = range(1, 9)
_FLOAT, _DOUBLE, _BOOLEAN = 9, 10, 11

# fmt: off
_NAMES: Final = (
    "Unknown", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64",
    "Float", "Double", "Boolean", "String", "DateTime", "Text", "UUID", "DataSet", "Bytes",
    "File", "Template", "PropertySet", "PropertySetList", "Int8Array", "Int16Array",
    "Int32Array", "Int64Array", "UInt8Array", "UInt16Array", "UInt32Array", "UInt64Array",
    "FloatArray", "DoubleArray", "BooleanArray", "StringArray", "DateTimeArray",
)
# fmt: on
"""By their numbers in the specification."""

_SIGNED_BITS: Final = {_INT8: 8, _INT16: 16, _INT32: 32, _INT64: 64}
_UNSIGNED_BITS: Final = {_UINT8: 8, _UINT16: 16, _UINT32: 32, _UINT64: 64}
_FIELD_BITS: Final = {"int_value": 32, "long_value": 64}
_OWN_TYPES: Final = {"float_value": _FLOAT, "double_value": _DOUBLE, "boolean_value": _BOOLEAN}
"""Fields that tell a data type by themselves; whole numbers may be signed or not."""


class ValueRefusedError(ValueError):
    """A metric has no number that could be a reading.

    Attributes:
        reason: the word to count by.
    """

    def __init__(self, reason: RefusalReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def type_name(datatype: int) -> str:
    """Return the name of a data type."""
    return _NAMES[datatype] if datatype < len(_NAMES) else f"number {datatype}"


def number_in(metric: Any, datatype: int) -> float:  # noqa: ANN401 - a class that protobuf makes at run time
    """Return the number that a metric holds, or its truth value.

    Args:
        metric: with a value.
        datatype: of the metric itself or of its birth; 0 where neither says one.

    Raises:
        ValueRefusedError: it is no number, or not one of its data type.
    """
    place = metric.WhichOneof("value")
    datatype = datatype or _OWN_TYPES.get(place, 0)
    value = getattr(metric, place)
    if datatype in _SIGNED_BITS and place in _FIELD_BITS:
        return _signed(value, _SIGNED_BITS[datatype], _FIELD_BITS[place], datatype)
    if datatype in _UNSIGNED_BITS and place in _FIELD_BITS:
        if value >= 1 << _UNSIGNED_BITS[datatype]:
            raise _wrong(f"{value} is no {type_name(datatype)}")
        return int(value)
    if _OWN_TYPES.get(place) == datatype:
        return shortest(value) if datatype == _FLOAT else value
    if datatype in _SIGNED_BITS or datatype in _UNSIGNED_BITS or datatype in _OWN_TYPES.values():
        raise _wrong(f"{place} where the data type is {type_name(datatype)}")
    if datatype == 0 and place in _FIELD_BITS:
        raise _wrong(f"{value} without a data type may be signed or not")
    what = type_name(datatype) if datatype else place
    raise ValueRefusedError(RefusalReason.UNSUPPORTED, f"{what} is no reading")


def whole_in(metric: Any) -> int | None:  # noqa: ANN401 - the same
    """Return a count that a metric holds, whatever whole type it claims; None if it holds none."""
    place = metric.WhichOneof("value")
    return int(getattr(metric, place)) if place in _FIELD_BITS else None


def shortest(single: float) -> float:
    """Return what was meant by a single-precision number: 12.1, not 12.100000381469727."""
    for digits in range(6, 9):
        short = float(f"{single:.{digits}g}")
        try:
            if struct.pack("<f", short) == struct.pack("<f", single):
                return short
        except OverflowError:  # rounded up beyond the largest of them
            continue
    return single


def _signed(value: int, bits: int, field_bits: int, datatype: int) -> int:
    """Undo two's complement; some senders fill up the narrow types to the field, others do not."""
    top, full = 1 << bits, 1 << field_bits
    if value < top:
        return value - top if value >= top >> 1 else value
    if value >= full - (top >> 1):
        return value - full
    raise _wrong(f"{value} is no {type_name(datatype)}")


def _wrong(detail: str) -> ValueRefusedError:
    return ValueRefusedError(RefusalReason.INVALID, detail)
