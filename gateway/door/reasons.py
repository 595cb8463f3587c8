"""Why the door refuses a record: the words of ingest for what ingest would refuse."""

from enum import StrEnum


class Reason(StrEnum):
    """The reason of one refused record; a label of metrics, so few and stable."""

    MALFORMED = "malformed"
    """Not JSON, or not CBOR where CBOR was announced."""
    OVERSIZE = "oversize"
    """Longer, or with more reports, than accepted."""
    INVALID = "invalid"
    """A field is missing, unknown, or of the wrong type."""
    OUT_OF_RANGE = "out_of_range"
    """A value is outside its physical range."""
    UNKNOWN_METRIC = "unknown_metric"
    """The metric is not in the catalogue."""
    UNKNOWN_DEVICE = "unknown_device"
    """No device of the inventory has this name or alias."""
    CLOCK_AHEAD = "clock_ahead"
    """The time is too far in the future."""
    CLOCK_BEHIND = "clock_behind"
    """The time is too far in the past."""
    NOT_PUBLISHED = "not_published"
    """The broker refused it, and would again; of foreign messages only."""
