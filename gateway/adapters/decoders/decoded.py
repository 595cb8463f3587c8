"""What a decoder finds in the bytes of one message."""

from dataclasses import dataclass, field
from datetime import datetime

from gateway.adapters.errors import RefusedError
from gateway.translation import RefusalReason


@dataclass(slots=True)
class Reading:
    """Values of one instant.

    Attributes:
        observed_at: when, where the bytes say it; None: when the message was sent.
        values: by metric.
    """

    observed_at: datetime | None = None
    values: dict[str, float] = field(default_factory=dict)


class Decoded:
    """Collects readings and what is refused on the way.

    Attributes:
        readings: the first is of the message's own time.
        refusals: what could not be taken.
    """

    def __init__(self) -> None:
        self.readings = [Reading()]
        self.refusals: list[RefusedError] = []
        self._current = self.readings[0]

    def put(self, metric: str, value: float, reading: Reading | None = None) -> None:
        """Add a value to a reading, the current one if none is given.

        Raises:
            RefusedError: the reading has another one already.
        """
        target = reading if reading is not None else self._current
        if target.values.setdefault(metric, value) != value:
            raise RefusedError(
                RefusalReason.INVALID,
                f"{metric}: {value} where the same message has {target.values[metric]}",
            )

    def begin(self, observed_at: datetime, *, lasting: bool) -> Reading:
        """Begin a reading of another time; if it lasts, all that follows belongs to it."""
        begun = Reading(observed_at)
        self.readings.append(begun)
        if lasting:
            self._current = begun
        return begun
