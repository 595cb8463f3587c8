"""What a device's session with the broker must do, whether modelled or real."""

from typing import Protocol


class Session(Protocol):
    """One device's way to the broker; times are in milliseconds.

    A session keeps what it cannot send, sends it once it can, and knows what the broker would do
    when the device is no longer heard.
    """

    def start(self, at: int) -> None:
        """Begin the run with a device that has long been running."""

    def report(self, at: int) -> None:
        """Make a report and send or keep it."""

    def event(self, kind: str, at: int) -> None:
        """Send an event, if that is possible at this moment."""

    def lose_path(self, at: int) -> None:
        """Nothing gets through any more; neither side is told."""

    def regain_path(self, at: int) -> None:
        """Something gets through again."""

    def vanish(self, at: int) -> None:
        """The device is without power: its socket stays open until the broker misses it."""

    def crash(self, at: int) -> None:
        """The device's system closes its socket without a word."""

    def leave(self, at: int) -> None:
        """The device says goodbye."""

    def boot(self, at: int) -> None:
        """The device is there again, in a new boot."""
