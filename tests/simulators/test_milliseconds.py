"""Time in milliseconds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from province.instants import format_instant
from simulators.milliseconds import instant, milliseconds, minute_of_day, stamp


@given(st.integers(-10_000_000_000, 10_000_000_000_000))
def test_a_stamp_is_how_instants_are_written(at: int) -> None:
    assert stamp(at) == format_instant(instant(at))
    assert milliseconds(instant(at)) == at


def test_a_duration_has_milliseconds_too() -> None:
    assert milliseconds(timedelta(minutes=2)) == 120_000


def test_the_local_day_begins_at_17_utc() -> None:
    assert minute_of_day(milliseconds(datetime(2026, 1, 1, 17, 0, tzinfo=UTC))) == 0
    assert minute_of_day(milliseconds(datetime(2026, 1, 1, 3, 30, tzinfo=UTC))) == 10 * 60 + 30
