"""Presence: the statuses and events of devices."""

from ingest.arrival import Arrival
from ingest.instants import Placed
from ingest.rows import presence_row
from ingest.validation import storable_json, validate_json
from province.presence import Event, Status


def decode_status(arrival: Arrival) -> None:
    """Add a status to the batch, and what it says of the device's state.

    Raises:
        RejectedError: it cannot be accepted; nothing was added.
    """
    status = validate_json(Status, arrival.message.payload)
    received_at = arrival.received_at
    # A will was written when its connection began: its time says nothing.
    if status.observed_at is None or status.reason == "will":
        placed = Placed(received_at, None, "ok")
    else:
        placed = arrival.place(status.observed_at, arrival.ahead(status.observed_at))
    arrival.records += 1
    arrival.batch.presence.append(
        presence_row(
            arrival.device.device_id,
            placed,
            received_at,
            status.boot_id,
            status.connection,
            status.state,
            status.reason,
            None,
        )
    )
    arrival.heard().says(online=status.state == "online", received_at=received_at)


def decode_event(arrival: Arrival) -> None:
    """Add an event to the batch.

    Raises:
        RejectedError: it cannot be accepted; nothing was added.
    """
    event = validate_json(Event, arrival.message.payload)
    detail = None if event.detail is None else storable_json(event.detail, "detail")
    placed = arrival.place(event.observed_at, arrival.ahead(event.observed_at))
    arrival.records += 1
    arrival.batch.presence.append(
        presence_row(
            arrival.device.device_id,
            placed,
            arrival.received_at,
            event.boot_id,
            event.seq,
            event.event,
            None,
            detail,
        )
    )
