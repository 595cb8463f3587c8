"""Codes: the short names of provinces, communes, villages, nodes and devices.

A code goes into MQTT topics, and from there into RabbitMQ routing keys once the system
outgrows one broker. Routing keys split at dots, topics at slashes, and `+` and `#` are
wildcards: none of these may stand in a code.
"""

import re
from typing import Annotated, Final

from pydantic import StringConstraints

CODE_PATTERN: Final = r"^[A-Za-z0-9_-]{1,64}\Z"
"""One to 64 ASCII letters, digits, underscores and hyphens."""

_CODE = re.compile(CODE_PATTERN)

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A code as a pydantic field type."""


class CodeError(ValueError):
    """A code holds a character that topics or routing keys cannot carry."""


def is_code(text: str) -> bool:
    """Whether `text` can stand as one level of a topic."""
    return _CODE.match(text) is not None


def check_code(text: str, what: str) -> str:
    """Return `text` if it is a code.

    Args:
        text: the candidate.
        what: whose code it is, for the message, such as "device".

    Raises:
        CodeError: naming the object and the value.
    """
    if not is_code(text):
        raise CodeError(
            f"{what} code {text!r}: only 1 to 64 of A-Z a-z 0-9 _ - may stand in a code"
        )
    return text
