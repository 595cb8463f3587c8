"""Presence: births and deaths on the status channel."""

from datetime import datetime
from typing import Any

from gateway.codecs.sparkplug.nodes import EdgeNode
from gateway.translation import ForeignId, Translated
from province.instants import format_instant
from province.topics import Channel


def came(device: ForeignId, node: EdgeNode, observed_at: datetime) -> Translated:
    """Return that a node or a device of it is there since a birth."""
    record = _status("online", node)
    return Translated(
        device,
        Channel.STATUS,
        record | {"observed_at": format_instant(observed_at), "reason": "connect"},
    )


def went(device: ForeignId, node: EdgeNode, observed_at: datetime | None) -> Translated:
    """Return that it is gone: by its own word at a time, or without one by the node's will."""
    record = _status("offline", node)
    if observed_at is None:
        # A will was written when the session began: its time says nothing.
        return Translated(device, Channel.STATUS, record | {"reason": "will"})
    return Translated(device, Channel.STATUS, record | {"observed_at": format_instant(observed_at)})


def _status(state: str, node: EdgeNode) -> dict[str, Any]:
    return {"state": state, "boot_id": node.boot_id, "connection": node.bd_seq}
