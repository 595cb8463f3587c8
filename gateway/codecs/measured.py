"""Measured: the values of one message, put together to reports and to refusals."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from gateway.codecs.guarded import LONGEST_DETAIL
from gateway.codecs.names import LeftOut, NameTable, UnmappedError
from gateway.translation import ForeignId, Ignored, Outcome, Refusal, RefusalReason, Translated
from province.instants import format_instant
from province.topics import Channel

_NAMED: Final = 10
"""How many refused parts a refusal names; the message itself has all of them."""

Order = Callable[[datetime], tuple[int, int]]
"""Gives (boot_id, seq) of a report by its time."""


@dataclass(slots=True)
class _Report:
    values: dict[str, float] = field(default_factory=dict)
    interval_seconds: float | None = None


class Measured:
    """Collects what one message says of one or more devices.

    Args:
        names: what the names mean.
        part_name: what the format calls a part.
    """

    def __init__(self, names: NameTable, part_name: str) -> None:
        self._names = names
        self._part_name = part_name
        self._reports: dict[tuple[ForeignId, datetime, bool], _Report] = {}
        self._refused: dict[tuple[ForeignId | None, RefusalReason], list[str]] = {}
        self._left_out: dict[Ignored, None] = {}

    def add(
        self,
        device: ForeignId,
        observed_at: datetime,
        reading: tuple[str, str, float],
        *,
        backfill: bool = False,
        interval_seconds: float | None = None,
    ) -> None:
        """Take a value.

        Args:
            device: whose it is.
            observed_at: when.
            reading: its name, its unit (empty: none was said) and the value.
            backfill: it was kept while the device was cut off.
            interval_seconds: within which the device means to say the next.
        """
        name, unit, value = reading
        try:
            mapped = self._names.value(device.id, name, unit, value)
            if isinstance(mapped, LeftOut):
                self.leave_out(mapped.because)
                return
            report = self._reports.setdefault((device, observed_at, backfill), _Report())
            _put(report, *mapped)
        except UnmappedError as error:
            self.refuse(device, error.reason, str(error))
            return
        if interval_seconds is not None and 0 < interval_seconds <= 86_400:  # noqa: PLR2004 - a day
            known = report.interval_seconds
            report.interval_seconds = min(interval_seconds, known or interval_seconds)

    def refuse(self, device: ForeignId | None, reason: RefusalReason, detail: str) -> None:
        """Refuse a part, together with what else of that device is refused for that reason."""
        self._refused.setdefault((device, reason), []).append(detail)

    def left_out(self, device: ForeignId, name: str) -> LeftOut | None:
        """Return why a name is left out on purpose, whatever its value; None if it is not."""
        return self._names.left_out(device.id, name)

    def leave_out(self, because: str) -> None:
        """Leave a part out on purpose."""
        self._left_out[Ignored(self._part_name, because)] = None

    def outcome(self, order: Order) -> Outcome:
        """Return the reports, oldest first, and the refusals: one a device and reason."""
        outcome = Outcome(ignored=list(self._left_out))
        for (device, observed_at, backfill), report in sorted(
            self._reports.items(), key=lambda item: (item[0][1], str(item[0][0]))
        ):
            if report.values:
                record = _record(observed_at, report, order(observed_at), backfill=backfill)
                outcome.translated.append(Translated(device, Channel.TELEMETRY, record))
        for (device_or_none, reason), details in self._refused.items():
            outcome.refusals.append(Refusal(reason, _sentence(details), device_or_none))
        return outcome


def instant(seconds: float) -> datetime | None:
    """Return the instant of seconds since 1970, to the millisecond; None if there is no such."""
    try:
        return datetime.fromtimestamp(round(seconds, 3), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def by_the_clock(observed_at: datetime) -> tuple[int, int]:
    """Return an order for a source that counts nothing: its seconds since 1970, of boot 0.

    It rises as a counter would, and the same message has the same again.
    """
    return 0, max(0, math.floor(observed_at.timestamp()))


def _put(report: _Report, code: str, value: float) -> None:
    if not math.isfinite(value):
        raise UnmappedError(RefusalReason.INVALID, f"{code}: {value} is not finite")
    if report.values.setdefault(code, value) != value:
        raise UnmappedError(
            RefusalReason.INVALID,
            f"{code}: {value} where the same device has {report.values[code]} at the same time",
        )


def _record(
    observed_at: datetime, report: _Report, order: tuple[int, int], *, backfill: bool
) -> dict[str, Any]:
    boot_id, seq = order
    record: dict[str, Any] = {
        "observed_at": format_instant(observed_at),
        "boot_id": boot_id,
        "seq": seq,
        "values": report.values,
    }
    if report.interval_seconds is not None:
        record["interval_s"] = report.interval_seconds
    if backfill:
        record["backfill"] = True
    return record


def _sentence(details: list[str]) -> str:
    distinct = list(dict.fromkeys(details))
    more = f"; and {len(distinct) - _NAMED} more" if len(distinct) > _NAMED else ""
    return "; ".join(distinct[:_NAMED])[:LONGEST_DETAIL] + more
