"""What ingest makes of a device's clock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.instants import ClockLimits, Misplaced, Placed, ahead_of, place
from ingest.rejection import Reason

NOW = datetime(2026, 11, 23, 13, 37, tzinfo=UTC)
LIMITS = ClockLimits(
    maximum_age=timedelta(days=7),
    maximum_ahead=timedelta(days=1),
    ahead_tolerance=timedelta(seconds=5),
    late_tolerance=timedelta(minutes=5),
)


def judge(offset: timedelta, *, backfill: bool = False) -> Placed | Misplaced:
    ahead = ahead_of(NOW + offset, NOW, LIMITS)
    return place(NOW + offset, NOW, LIMITS, backfill=backfill, ahead=ahead)


def test_a_good_clock_is_believed() -> None:
    assert judge(timedelta(seconds=-30)) == Placed(NOW - timedelta(seconds=30), None, "ok")
    assert judge(timedelta(seconds=5)) == Placed(NOW + timedelta(seconds=5), None, "ok")


def test_a_fast_clock_moves_nothing_into_the_future_and_hides_nothing() -> None:
    claimed = timedelta(minutes=10)
    assert judge(claimed) == Placed(NOW, NOW + claimed, "ahead")


def test_an_old_reading_is_marked_and_kept_at_its_time() -> None:
    then = timedelta(hours=-3)
    assert judge(then) == Placed(NOW + then, None, "late")
    assert judge(then, backfill=True) == Placed(NOW + then, None, "backfill")


def test_a_clock_off_by_years_is_refused_with_both_times() -> None:
    behind = judge(timedelta(days=-9000))
    assert isinstance(behind, Misplaced)
    assert behind.reason is Reason.CLOCK_BEHIND
    assert "9000 days" in behind.detail
    ahead = judge(timedelta(days=800))
    assert isinstance(ahead, Misplaced)
    assert ahead.reason is Reason.CLOCK_AHEAD


@given(st.timedeltas(timedelta(days=-20), timedelta(days=20)), st.booleans())
def test_what_is_kept_is_never_ahead_of_the_tolerance_nor_older_than_allowed(
    offset: timedelta,
    backfill: bool,  # noqa: FBT001 - hypothesis passes it by name
) -> None:
    placed = judge(offset, backfill=backfill)
    if isinstance(placed, Placed):
        assert NOW - LIMITS.maximum_age <= placed.observed_at <= NOW + LIMITS.ahead_tolerance
        assert (placed.device_time is None) == (placed.observed_at == NOW + offset)
    else:
        assert not -LIMITS.maximum_age <= offset <= LIMITS.maximum_ahead
