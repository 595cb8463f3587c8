"""The ledger's state as bytes, and back."""

from types import MappingProxyType
from typing import Any, Final

import msgspec

from rules.errors import UsageError
from rules.notify.state import NotifyState


def _plain(value: Any) -> Any:  # noqa: ANN401 - what msgspec does not know
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise NotImplementedError(type(value).__name__)


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain)
_DECODER: Final = msgspec.json.Decoder(NotifyState)


def dump_state(state: NotifyState) -> bytes:
    """Return the state as JSON."""
    return _ENCODER.encode(state)


def parse_state(content: bytes, source: str) -> NotifyState:
    """Return the state that was dumped.

    Args:
        content: JSON.
        source: where it is from, for the message.

    Raises:
        UsageError: it is damaged.
    """
    try:
        return _DECODER.decode(content)
    except msgspec.MsgspecError as error:
        raise UsageError(f"{source}: state of notices: {error}") from None
