"""A decoder: bytes, or fields that a network has decoded already, to readings."""

from typing import Any

from gateway.adapters.conversion import Conversion, shown
from gateway.adapters.coverage import leaves, written
from gateway.adapters.decoders.decoded import Decoded
from gateway.adapters.decoders.layout import decode_bytes
from gateway.adapters.decoders.schema import DecoderFile, Layout
from gateway.adapters.errors import RefusedError
from gateway.adapters.values import Taken, take_values
from gateway.translation import RefusalReason
from province.metrics import catalogue

_PLAIN = Conversion()


class Decoder:
    """What the messages of one model of device mean.

    Attributes:
        name: its name.
        about: what it reads, for people.
        also: other names for it.
        reads_bytes: whether it reads bytes, not only decoded fields.
    """

    def __init__(self, file: DecoderFile) -> None:
        self.name = file.decoder
        self.about = file.about
        self.also = file.also
        self.reads_bytes = bool(file.bytes)
        self._file = file

    def of_bytes(self, data: bytes, port: int | None) -> Decoded:
        """Return what a message of bytes holds."""
        decoded = Decoded()
        try:
            layout = self._layout(port)
            if layout.ignored is None:
                decode_bytes(layout, data, decoded)
        except RefusedError as error:
            decoded.refusals.append(_named(error, f"decoder {self.name}: "))
        return decoded

    def of_fields(self, fields: object, port: int | None) -> Decoded:
        """Return what decoded fields mean; those named as metrics say it themselves."""
        decoded = Decoded()
        taken = Taken()
        take_values(self._file.values, {"fields": fields, "port": port}, taken)
        decoded.refusals += taken.refusals
        decoded.readings[0].values |= taken.values
        for ignore in self._file.ignore:
            for pattern in ignore.patterns:
                taken.reads.leave_out(pattern, ignore.because)
        unknown: list[str] = []
        for leaf, value in leaves(fields):
            if len(leaf) == 1 and leaf[0] in catalogue():
                _take_named(str(leaf[0]), value, decoded)
            elif taken.reads.fate_of(("fields", *leaf)) is None:
                unknown.append(f"{written(leaf)} ({shown(value)})")
        if unknown:
            decoded.refusals.append(
                RefusedError(RefusalReason.UNKNOWN_FIELD, f"decoded {', '.join(unknown)}")
            )
        return decoded

    def _layout(self, port: int | None) -> Layout:
        for layout in self._file.bytes:
            if not layout.port or port in layout.port:
                return layout
        raise RefusedError(RefusalReason.UNKNOWN_FIELD, f"port {port} is not known")


def _take_named(metric: str, value: Any, decoded: Decoded) -> None:  # noqa: ANN401 - any JSON value
    try:
        converted = _PLAIN.of(value, metric, f"decoded {metric}")
        if converted is not None:
            decoded.put(metric, converted)
    except RefusedError as error:
        decoded.refusals.append(error)


def _named(error: RefusedError, head: str) -> RefusedError:
    return RefusedError(error.reason, f"{head}{error}")
