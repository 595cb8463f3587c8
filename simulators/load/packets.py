"""The packets of MQTT 3.1.1 that a publisher needs."""

from typing import Final

CONNACK: Final = 0x20
PUBACK: Final = 0x40
DISCONNECT: Final = b"\xe0\x00"

_CONNECT: Final = 0x10
_PUBLISH_QOS_1: Final = 0x32
_CLEAN_SESSION: Final = 0x02
_WITH_PASSWORD: Final = 0x40
_WITH_USER: Final = 0x80

REFUSALS: Final = {
    1: "unacceptable protocol version",
    2: "client identifier rejected",
    3: "server unavailable",
    4: "bad user name or password",
    5: "not authorised",
}
"""What the return codes of a CONNACK mean."""


def connect(client_id: str, user: str | None, password: str | None) -> bytes:
    """Return a CONNECT with a clean session and no keepalive."""
    flags = _CLEAN_SESSION
    fields = _text(client_id)
    if user is not None:
        flags |= _WITH_USER
        fields += _text(user)
        if password is not None:
            flags |= _WITH_PASSWORD
            fields += _text(password)
    body = _text("MQTT") + bytes((4, flags, 0, 0)) + fields
    return bytes((_CONNECT,)) + _length(len(body)) + body


def publish_head(topic: str, payload_size: int) -> bytes:
    """Return a QoS 1 PUBLISH up to its packet id: what never changes for a topic and size."""
    name = _text(topic)
    return bytes((_PUBLISH_QOS_1,)) + _length(len(name) + 2 + payload_size) + name


def _text(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(2) + encoded


def _length(length: int) -> bytes:
    """Return a remaining length: seven bits a byte, the least first."""
    encoded = bytearray()
    while True:
        length, low = divmod(length, 128)
        encoded.append(low | (0x80 if length else 0))
        if not length:
            return bytes(encoded)
