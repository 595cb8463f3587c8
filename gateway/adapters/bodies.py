"""Bodies: the same bytes, as each kind of message wants to see them."""

from collections.abc import Callable
from typing import Any, Final

from gateway.adapters.errors import RefusedError
from gateway.adapters.ngsi import flattened
from gateway.translation import RefusalReason
from province.payloads import MalformedError, load_json


def _json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return load_json(body)
    except MalformedError as error:
        raise RefusedError(RefusalReason.MALFORMED, str(error)) from None


def _text(body: bytes) -> str:
    try:
        return body.decode().strip()
    except UnicodeDecodeError as error:
        raise RefusedError(RefusalReason.MALFORMED, f"not UTF-8 text: byte {error.start}") from None


_READERS: Final[dict[str, Callable[[bytes], Any]]] = {
    "json": _json,
    "text": _text,
    "ngsi": lambda body: flattened(_json(body)),
}


class Bodies:
    """One body, read once for each form that is asked for."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._read: dict[str, Any] = {}

    def read(self, form: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return the body in a form.

        Raises:
            RefusedError: it is not in that form.
        """
        if form not in self._read:
            try:
                self._read[form] = _READERS[form](self._body)
            except RefusedError as error:
                self._read[form] = error
        read = self._read[form]
        if isinstance(read, RefusedError):
            raise read
        return read
