"""A batch: everything one transaction will write."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
    """

    received_at: datetime
    observed_at: datetime | None = None
    boot_id: int | None = None
    seq: int | None = None
    skew_seconds: float | None = None
    online: tuple[bool, datetime] | None = None


@dataclass(slots=True)
class Batch:
    """What a run of messages brought, in the shapes of the tables.

    `offered` counts the records (rows bound for a hypertable) of each minute of arrival,
    `messages` and `rejected` the messages and dead letters.
    """

    links: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)
    presence: list[Row] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    states: dict[int, DeviceState] = field(default_factory=dict)
    messages: Counter[datetime] = field(default_factory=Counter)
    offered: Counter[datetime] = field(default_factory=Counter)
    rejected: Counter[datetime] = field(default_factory=Counter)
    # Presence, and rows kept at another time than the device's claim (`has_corrected` says that
    # there are such links or readings), are told apart by what the device claimed: within
    # the batch here, against the table in SQL. A repeat arrives at another time, so the
    # primary key cannot see it.
    claims: set[Row] = field(default_factory=set)
    has_corrected: bool = False

    def heard(self, device_id: int, received_at: datetime) -> DeviceState:
        """Return the device's state, with the time it was heard brought up to date."""
        state = self.states.get(device_id)
        if state is None:
            state = self.states[device_id] = DeviceState(received_at)
        elif received_at > state.received_at:
            state.received_at = received_at
        return state

    def is_repeat(self, *key: object) -> bool:
        """Whether a row with this claim is in the batch already; remembers it if not."""
        if key in self.claims:
            return True
        self.claims.add(key)
        return False
