"""What can go wrong when somebody changes who may come in.

AccessError            a UsageError: what was asked for cannot be
├── UnknownCommuneError, UnknownDeviceError, UnknownTokenError
├── NameTakenError     a token of that name holds already
├── AddedError         the device has a key already
├── RevokedError       it was revoked already
└── RightsError        the login may not change who comes in
BrokerUsersError       a GatewayError: the broker's password file cannot be changed or read again
"""

from gateway.errors import GatewayError, UsageError


class AccessError(UsageError):
    """What was asked for cannot be; the message says of what, and why."""


class UnknownCommuneError(AccessError):
    """There is no such commune in the inventory."""


class UnknownDeviceError(AccessError):
    """There is no such device in the inventory, or it was never enrolled."""


class UnknownTokenError(AccessError):
    """There is no such token."""


class NameTakenError(AccessError):
    """A token of that name holds already."""


class AddedError(AccessError):
    """The device has a key already."""


class RevokedError(AccessError):
    """It was revoked already."""


class RightsError(AccessError):
    """The login may not change who comes in."""


class BrokerUsersError(GatewayError):
    """The broker's password file cannot be changed, or the broker does not read it again."""
