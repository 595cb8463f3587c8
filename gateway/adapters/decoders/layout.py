"""Layouts: the bytes of a message to readings, as a decoder's file lays them out."""

from typing import Final

from gateway.adapters.decoders.decoded import Decoded, Reading
from gateway.adapters.decoders.schema import CODE, SIZES, ByteItem, Layout
from gateway.adapters.errors import RefusedError
from gateway.adapters.moment import TimeFormat, instant_of
from gateway.translation import RefusalReason

_LONGEST: Final = 1024
"""More than any network of such devices carries at once."""
_MIDDLE: Final = 0x8000


def decode_bytes(layout: Layout, data: bytes, decoded: Decoded) -> None:
    """Read a message.

    Raises:
        RefusedError: it ends early, goes on too long, or has what the layout does not know; what
            was read before that is kept.
    """
    if len(data) > _LONGEST:
        raise RefusedError(RefusalReason.OVERSIZE, f"{len(data)} bytes; at most {_LONGEST}")
    if layout.code is not None:
        CODE[layout.code](data, decoded)
        return
    reader = _Reader(layout, data, decoded)
    if layout.tags:
        reader.tags()
    else:
        reader.fields()


class _Reader:
    def __init__(self, layout: Layout, data: bytes, decoded: Decoded) -> None:
        self._layout = layout
        self._data = data
        self._decoded = decoded
        self._at = 0

    def fields(self) -> None:
        flags = 0
        for item in self._layout.fields:
            flags |= self._item(item, None) if item.flags else self._plain(item)
        for bit, group in enumerate(self._layout.groups):
            if flags >> bit & 1:
                self._items(group)
        unknown = flags >> len(self._layout.groups) if self._layout.groups else 0
        if unknown or self._at < len(self._data):
            raise RefusedError(
                RefusalReason.UNKNOWN_FIELD,
                f"{len(self._data) - self._at} bytes behind what is known, from byte {self._at} on",
            )

    def tags(self) -> None:
        while self._at < len(self._data):
            at = self._at
            tag = self._take(self._layout.tag_size).hex()
            items = self._layout.tags.get(tag)
            if items is None:
                rest = len(self._data) - at
                raise RefusedError(
                    RefusalReason.UNKNOWN_FIELD,
                    f"tag {tag} at byte {at} is not known, so neither are the {rest} bytes from it",
                )
            self._items(items)

    def _plain(self, item: ByteItem) -> int:
        self._item(item, None)
        return 0

    def _items(self, items: tuple[ByteItem, ...]) -> None:
        reading: Reading | None = None
        for item in items:
            if item.time is not None:
                # Alone in its tag, a time is that of all that follows.
                reading = self._begin(item, item.time, lasting=len(items) == 1)
            else:
                self._item(item, reading)

    def _begin(self, item: ByteItem, form: TimeFormat, *, lasting: bool) -> Reading:
        at = self._at
        moment = instant_of(self._number(item), form, None, f"time at byte {at}")
        return self._decoded.begin(moment, lasting=lasting)

    def _item(self, item: ByteItem, reading: Reading | None) -> int:
        at = self._at
        if item.skip is not None:
            self._take(item.width)
            return 0
        value = self._number(item)
        if item.expect is not None and value != item.expect:
            raise RefusedError(
                RefusalReason.INVALID, f"byte {at}: {value} where {item.expect} must stand"
            )
        if item.metric is not None:
            self._keep(item, item.metric, value, reading, at)
        return value

    def _keep(
        self, item: ByteItem, metric: str, value: int, reading: Reading | None, at: int
    ) -> None:
        try:
            converted = item.of(value, metric, f"byte {at}")
            if converted is not None:
                self._decoded.put(metric, converted, reading)
        except RefusedError as error:
            self._decoded.refusals.append(error)

    def _number(self, item: ByteItem) -> int:
        kind = item.type or "u8"
        data = self._take(SIZES[kind])
        if kind == "u32low":
            return int.from_bytes(data[:2]) | int.from_bytes(data[2:]) << 16
        value = int.from_bytes(data, item.order or self._layout.order, signed=kind.startswith("i"))
        return value - _MIDDLE if kind == "offset16" else value

    def _take(self, size: int) -> bytes:
        data = self._data[self._at : self._at + size]
        if len(data) < size:
            raise RefusedError(
                RefusalReason.INVALID,
                f"the bytes end at {len(self._data)}, within a field that begins at {self._at}",
            )
        self._at += size
        return data
