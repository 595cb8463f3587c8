"""Errors of the local stack.

DeployError
├── ToolchainError    the server programs can be neither found nor made here
└── ServerError       a server does not start, stop or answer
    └── PortTakenError    another program listens where it should

Each message names what failed, where, and what to do about it; the command line prints it as it
is and ends with exit code 1.
"""


class DeployError(Exception):
    """The local stack cannot do what it was asked to do."""


class ToolchainError(DeployError):
    """The server programs can be neither found nor made on this machine."""


class ServerError(DeployError):
    """A server does not start, stop or answer."""


class PortTakenError(ServerError):
    """Another program listens on the port that belongs to a server of ours."""
