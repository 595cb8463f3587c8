"""Bodies: the same bytes, as each kind of message wants to see them."""

from collections.abc import Callable
from typing import Any, Final

from gateway.adapters.errors import RefusedError
from gateway.adapters.ngsi import flattened
from gateway.translation import RefusalReason
from province.payloads import MalformedError, check_keys, load_json

MOST_VALUES: Final = 20_000
"""Of one body. Each is looked for among all that a mapping knows, while everybody else waits."""


def _json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        value = load_json(body)
        # First: of a body that is too large nothing more is looked at.
        _check_size(value)
        check_keys(body)
    except MalformedError as error:
        raise RefusedError(RefusalReason.MALFORMED, str(error)) from None
    return value


def _check_size(value: object) -> None:
    count, waiting = 0, [value]
    while waiting:
        inner = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            raise RefusedError(
                RefusalReason.OVERSIZE, f"the body has more than {MOST_VALUES} values"
            )
        if isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)


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
