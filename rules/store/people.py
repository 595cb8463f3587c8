"""All that people do, in one place: about incidents, windows and mutes."""

from rules.store.handling import (
    Acknowledgement,
    acknowledge,
    assign,
    close,
    comment,
    escalate,
    load_acknowledgements,
    load_escalations,
)
from rules.store.mutes import NewMute, add_mute, cancel_mute, load_mutes
from rules.store.windows import NewWindow, add_window, cancel_window, find_scope, load_windows

__all__ = [
    "Acknowledgement",
    "NewMute",
    "NewWindow",
    "acknowledge",
    "add_mute",
    "add_window",
    "assign",
    "cancel_mute",
    "cancel_window",
    "close",
    "comment",
    "escalate",
    "find_scope",
    "load_acknowledgements",
    "load_escalations",
    "load_mutes",
    "load_windows",
]
