"""What can go wrong with the gateway, by what the caller can do about it.

GatewayError         it went wrong on the way: exit code 1
└── UsageError       what was asked for does not exist, or cannot be read: exit code 2
"""


class GatewayError(Exception):
    """Anything about the gateway."""


class UsageError(GatewayError):
    """Something was asked for that does not exist or cannot be read."""
