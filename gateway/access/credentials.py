"""Credentials: how tokens and keys are written, made, and recognised.

A token is `srp_ID_SECRET`: the id is public and finds the row, the secret has 256 random bits. So
many bits cannot be guessed, and need no slow hash: SHA-256 of the text is what is kept.
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from province.codes import is_code

PREFIX: Final = "srp_"
_ID_BYTES: Final = 6
_TOKEN: Final = re.compile(r"srp_([a-z2-7]{10})_([A-Za-z0-9_-]{43})")
LOOKS_LIKE_TOKEN: Final = re.compile(r"srp_[a-z2-7]{10}_", re.IGNORECASE)
"""Finds a token, or the beginning of one, in a text."""
_LONGEST: Final = 256
"""Characters of a header that are looked at; a longer one is no credential of ours."""


class CredentialError(ValueError):
    """The header holds no credential that we give out; the message never shows it."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What somebody showed.

    Attributes:
        name: public part: a token's id or a device's code.
        secret: the other part.
        is_device: a device's key, and no token.
    """

    name: str
    secret: str = field(repr=False)
    is_device: bool = False


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A token that was just made.

    Attributes:
        token_id: its public part.
        text: all of it; shown once and kept nowhere.
    """

    token_id: str
    text: str = field(repr=False)

    @property
    def digest(self) -> bytes:
        """What is kept of its secret."""
        return digest(parse_token(self.text).secret)


def make_token() -> FreshToken:
    """Return a new token, from the system's own randomness."""
    token_id = base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode().lower().rstrip("=")
    return FreshToken(token_id, f"{PREFIX}{token_id}_{make_secret()}")


def make_secret() -> str:
    """Return 256 random bits, in characters that need no quoting anywhere."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return sha256(secret.encode()).digest()


def is_same(secret: str, kept: bytes) -> bool:
    """Return whether this is the secret that was kept, in a time that tells nothing."""
    return compare_digest(digest(secret), kept)


def parse_token(text: str) -> Credential:
    """Return the parts of a token.

    Raises:
        CredentialError: it is none.
    """
    match = _TOKEN.fullmatch(text)
    if match is None:
        raise CredentialError("a token looks like srp_ID_SECRET; this one is cut or mistyped")
    return Credential(match[1], match[2])


def parse_authorization(header: str) -> Credential:
    """Return what the header `Authorization` shows: a token, or a device's code and key.

    Raises:
        CredentialError: nothing of the kind.
    """
    scheme, _, value = header[: _LONGEST + 1].partition(" ")
    if len(header) > _LONGEST:
        raise CredentialError("the header Authorization is too long for any token")
    if scheme.lower() == "bearer":
        return parse_token(value.strip())
    if scheme.lower() == "basic":
        return _parse_basic(value.strip())
    raise CredentialError("the header Authorization must be Bearer srp_..., or a device's Basic")


def _parse_basic(value: str) -> Credential:
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise CredentialError("the header Authorization is not well-formed Basic") from None
    code, colon, key = text.partition(":")
    if not colon or not is_code(code):
        raise CredentialError("Basic must be the device's code and its key")
    return Credential(code, key, is_device=True)
