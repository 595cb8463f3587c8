"""Signatures of webhooks, as Standard Webhooks says: over the very bytes that are sent."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

_PREFIX: Final = "whsec_"
_SHORTEST: Final = 16
_LONGEST: Final = 64


def parse_key(text: str, source: str) -> bytes:
    """Return the key that text such as `whsec_...` holds.

    Args:
        text: the prefix, then base64 of 16 to 64 bytes.
        source: where it is from, for the message.

    Raises:
        ValueError: naming the source, never the key.
    """
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"{source}: not a key: {_PREFIX}, then base64 of 16 to 64 bytes")
    return key


def signature_headers(keys: Iterable[bytes], key: str, at: float, body: bytes) -> dict[str, str]:
    """Return the headers of a message.

    Args:
        keys: each signs: while one is replaced by another, receivers know one of them.
        key: of the message; the same however often it is sent.
        at: when this attempt is made, seconds since 1970.
        body: the bytes that are sent.
    """
    content = b".".join((key.encode(), str(int(at)).encode(), body))
    signatures = [
        "v1," + base64.b64encode(hmac.digest(secret, content, sha256)).decode() for secret in keys
    ]
    headers = {"webhook-id": key, "webhook-timestamp": str(int(at))}
    return headers | ({"webhook-signature": " ".join(signatures)} if signatures else {})
