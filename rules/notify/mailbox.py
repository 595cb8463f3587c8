"""Mailboxes: an e-mail address, with the name of whose it is or without."""

import re
from dataclasses import dataclass
from typing import Final, Self

_ADDRESS: Final = (
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@"
    r"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f.:]+\])"
)
_MAILBOX: Final = re.compile(rf"(?P<name>[^<>@]*)<(?P<named>{_ADDRESS})>|(?P<bare>{_ADDRESS})")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One sender or recipient.

    Attributes:
        name: for people, in any script; may be empty.
        address: for servers; nothing but ASCII, which every server takes.
    """

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the mailbox that text such as `Hà <ha@province.example>` means.

        Raises:
            ValueError: it means none; naming it.
        """
        found = _MAILBOX.fullmatch(" ".join(text.split()))
        if found is None:
            raise ValueError(
                f"{text!r} is not an address such as ha@province.example, or NAME <it>"
            )
        name = (found["name"] or "").strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = name[1:-1]
        return cls(name, found["named"] or found["bare"])


def check_mailbox(text: str) -> str:
    """Return the text of a mailbox.

    Raises:
        ValueError: it is none.
    """
    Mailbox.parse(text)
    return text
