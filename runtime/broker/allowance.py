"""The allowance: how many messages the next connection lets the broker have under way.

A connection that ends while it held back for want of room was promised too much: the next
CONNECT asks for half of what was under way. Once a connection has shown that twice as much
would fit, the allowance doubles, up to what the options say.
"""

from dataclasses import replace

from runtime.broker.options import SessionOptions


class Allowance:
    """The receive maximum of a session, between what always fits and what was asked for."""

    def __init__(self, options: SessionOptions) -> None:
        self._asked = options
        self.receive_maximum = options.receive_maximum

    @property
    def lowered(self) -> bool:
        """Whether it is less than what was asked for."""
        return self.receive_maximum < self._asked.receive_maximum

    @property
    def options(self) -> SessionOptions:
        """The options of the next connection."""
        return replace(self._asked, receive_maximum=self.receive_maximum)

    def lower(self, under_way: int) -> None:
        """Ask for half of what was under way when there was no room for more."""
        half = min(under_way, self.receive_maximum) // 2
        self.receive_maximum = max(half, self._asked.least_receive_maximum)

    def raise_if_fitting(self, most_bytes: int) -> bool:
        """Ask for twice as much if that fits; return whether it was raised.

        Args:
            most_bytes: the most that was under way lately, with the present allowance.
        """
        if not self.lowered or 2 * most_bytes > self._asked.in_flight_bytes:
            return False
        self.receive_maximum = min(2 * self.receive_maximum, self._asked.receive_maximum)
        return True
