"""CBOR maps: the size of each, before anything is decoded.

SenML's labels are whole numbers, and Python's hashes of those can be chosen: a map of many
thousand keys with one hash would take minutes to decode. Few keys are harmless, whatever they are.
"""

from typing import Final

LARGEST_MAP: Final = 64
"""Most entries of a map; SenML has seventeen fields."""

_BYTES, _TEXT, _ARRAY, _MAP, _TAG = 2, 3, 4, 5, 6
_INDEFINITE: Final = 31
_LAST_INLINE: Final = 23
_WIDTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}
_BREAK: Final = 0xFF


class MapError(ValueError):
    """Bytes are not CBOR, are nested too deep, or have too large a map."""


def check_maps(body: bytes, deepest: int) -> None:
    """Walk through the first item.

    Raises:
        MapError: saying what is wrong with it.
    """
    try:
        _item(body, 0, deepest)
    except IndexError:
        raise MapError("it ends too early") from None


def _item(body: bytes, place: int, depth: int) -> int:
    """Return where the item that begins at a place ends."""
    if depth < 0:
        raise MapError("nested too deep")
    major, size, place = _head(body, place)
    if major in {_BYTES, _TEXT} and size is not None:
        if place + size > len(body):
            raise MapError("it ends too early")
        return place + size
    if major == _TAG:
        return _item(body, place, depth - 1)
    if major in {_BYTES, _TEXT, _ARRAY, _MAP}:
        return _items(body, place, (major, size), depth)
    return place


def _items(body: bytes, place: int, opened: tuple[int, int | None], depth: int) -> int:
    major, size = opened
    most = LARGEST_MAP * 2 if major == _MAP else len(body)
    count = len(body) + 1 if size is None else size * (2 if major == _MAP else 1)
    if size is not None and count > most:
        raise MapError(f"a map of {size} entries" if major == _MAP else "it ends too early")
    for number in range(count):
        if size is None and body[place] == _BREAK:
            return place + 1
        if number >= most:
            raise MapError(f"a map of more than {LARGEST_MAP} entries")
        place = _item(body, place, depth - 1)
    return place


def _head(body: bytes, place: int) -> tuple[int, int | None, int]:
    """Return the major type, the argument (None: indefinite), and where the head ends."""
    major, information = body[place] >> 5, body[place] & 31
    place += 1
    if information <= _LAST_INLINE:
        return major, information, place
    if information == _INDEFINITE:
        return major, None, place
    width = _WIDTHS.get(information)
    if width is None:
        raise MapError(f"additional information {information}")
    if place + width > len(body):
        raise MapError("it ends too early")
    return major, int.from_bytes(body[place : place + width]), place + width
