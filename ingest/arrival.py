"""An arrival: one message of a known device, on its way into a batch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.batch import Batch, DeviceState
from ingest.instants import UNMOVED, Misplaced, Placed, ahead_of, place
from ingest.registry import KnownDevice, Registry
from ingest.rejection import DeadLetter, RejectedError
from runtime.broker.message import Message


@dataclass(slots=True)
class Arrival:
    """One message, who sent it, and the batch that takes what it brings.

    Attributes:
        records: rows and dead letters that it brought so far.
    """

    message: Message
    device: KnownDevice
    registry: Registry
    batch: Batch
    records: int = 0

    @property
    def received_at(self) -> datetime:
        """When it arrived."""
        return self.message.received_at

    def heard(self) -> DeviceState:
        """Return the device's state, heard at this moment."""
        return self.batch.heard(self.device.device_id, self.message.received_at)

    def refuse(self, *letters: DeadLetter) -> None:
        """Keep dead letters; rubbish is a sign of life all the same."""
        if letters:
            self.records += len(letters)
            self.heard()
            self.batch.letters.extend(letters)

    def ahead(self, claimed_at: datetime) -> timedelta:
        """Return by how much the message is moved back if this is its newest claim."""
        return ahead_of(claimed_at, self.message.received_at, self.batch.clock)

    def place(
        self, claimed_at: datetime, ahead: timedelta = UNMOVED, *, backfill: bool = False
    ) -> Placed:
        """Decide when something is kept; see `ingest.instants.place`.

        Raises:
            RejectedError: too far from now.
        """
        placed = place(
            claimed_at, self.message.received_at, self.batch.clock, backfill=backfill, ahead=ahead
        )
        if isinstance(placed, Misplaced):
            raise RejectedError(placed.reason, placed.detail)
        if placed.device_time is not None:
            self.heard().disbelieve(claimed_at)
        return placed
