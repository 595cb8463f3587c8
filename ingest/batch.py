"""A batch: everything one transaction will write."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.instants import ClockLimits
from ingest.rejection import DeadLetter

Row = tuple[Any, ...]


@dataclass(slots=True)
class DeviceState:
    """What a batch knows of one device besides its link reports, which say it themselves.

    Attributes:
        received_at: when anything was last heard from it, accepted or not.
        observed_at: time of its newest accepted report, with `boot_id`, `seq` and `skew_seconds`
            (received minus claimed time); None where the batch brought no report.
        online: what the newest status says, and when it arrived.
        ahead_until: the latest time it claimed and was not believed.
    """

    received_at: datetime
    observed_at: datetime | None = None
    boot_id: int | None = None
    seq: int | None = None
    skew_seconds: float | None = None
    online: tuple[bool, datetime] | None = None
    ahead_until: datetime | None = None

    def disbelieve(self, claimed_at: datetime) -> None:
        """Note that a row is kept at another time than this claim."""
        if self.ahead_until is None or claimed_at > self.ahead_until:
            self.ahead_until = claimed_at

    def says(self, *, online: bool, received_at: datetime) -> None:
        """Note a status; the one that arrived last counts."""
        if self.online is None or received_at >= self.online[1]:
            self.online = (online, received_at)


@dataclass(slots=True)
class Batch:
    """What a run of messages brought, in the shapes of the tables.

    `received` counts the records of each minute of arrival as they were decoded, repeats and
    dead letters included, and `messages` the messages. What becomes of the records is counted by
    the database: the accounts compare the two.

    Attributes:
        clock: the limits that rows were placed by; they bound where an earlier copy of one
            can be.
        has_moved_readings: some reading is kept at another time than its device claims.
    """

    clock: ClockLimits
    links: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)
    presence: list[Row] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    states: dict[int, DeviceState] = field(default_factory=dict)
    messages: Counter[datetime] = field(default_factory=Counter)
    received: Counter[datetime] = field(default_factory=Counter)
    has_moved_readings: bool = False

    def heard(self, device_id: int, received_at: datetime) -> DeviceState:
        """Return the device's state, with the time it was heard brought up to date."""
        state = self.states.get(device_id)
        if state is None:
            state = self.states[device_id] = DeviceState(received_at)
        elif received_at > state.received_at:
            state.received_at = received_at
        return state
