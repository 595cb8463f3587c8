"""The tally: what a run of simulated devices has done so far."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Tally:
    """Counts of one run.

    Attributes:
        connected: sessions connected now.
        connects: connections that the broker accepted.
        refused_connects: connections that it refused.
        produced: reports and events that devices made.
        sent: publishes of them, repeats included.
        confirmed: those the broker confirmed.
        unheard: of these, how many it had no subscriber for (MQTT 5 only).
        refused: those it refused (MQTT 5 only).
        dropped: those that fell out of a full buffer.
    """

    connected: int = 0
    connects: int = 0
    refused_connects: int = 0
    produced: int = 0
    sent: int = 0
    confirmed: int = 0
    unheard: int = 0
    refused: int = 0
    dropped: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)
