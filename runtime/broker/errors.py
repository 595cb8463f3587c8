"""What can go wrong with the broker, by what the caller can do about it.

BrokerError
├── BrokerRefusedError      the broker said no: name, password, access list or limits
├── BrokerUnreachableError  nobody answered in time, or not in MQTT
├── PublishError            one publish was not confirmed before its connection ended
│   └── PublishRefusedError     the broker said no to it
└── SessionTakenOverError   another process uses our client identifier: stop
"""


class BrokerError(Exception):
    """Anything about the broker."""


class BrokerRefusedError(BrokerError):
    """The broker said no."""


class BrokerUnreachableError(BrokerError):
    """Nobody answered in time, or not in MQTT."""


class PublishError(BrokerError):
    """One publish was refused, or its connection ended before the broker confirmed it."""


class PublishRefusedError(PublishError):
    """The broker said no to one publish.

    Attributes:
        lasts: the same again would be refused again, until somebody mends something.
    """

    def __init__(self, message: str, *, lasts: bool = True) -> None:
        super().__init__(message)
        self.lasts = lasts


class SessionTakenOverError(BrokerError):
    """Another process connected with our client identifier; reconnecting would fight it."""
