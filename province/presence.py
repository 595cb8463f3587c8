"""Presence: what devices say about being there, on the `status` and `event` channels."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from province.instants import Instant
from province.reports import Counter

_STRICT: Final = ConfigDict(strict=True, frozen=True, allow_inf_nan=False, extra="forbid")


class Status(BaseModel):
    """A retained status, set by the device on connecting and by its will.

    `connection` counts the device's MQTT connections since it booted. With `boot_id` it
    names one connection, so that a will delivered twice is seen to be the same will: a will
    is written before the connection ends and cannot know the time at which it is sent.
    """

    model_config = _STRICT

    state: Literal["online", "offline"]
    boot_id: Counter
    connection: Counter
    observed_at: Instant | None = None
    reason: Literal["connect", "will", "shutdown"] | None = None


class Event(BaseModel):
    """A one-off event; `(boot_id, seq)` counts in the same sequence as the reports."""

    model_config = _STRICT

    observed_at: Instant
    boot_id: Counter
    seq: Counter
    event: Literal["dying_gasp", "loss_of_signal", "boot", "shutdown"]
    detail: dict[str, Any] | None = None
