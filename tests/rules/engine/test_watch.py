"""What is known of a device, and when it is overdue."""

from hypothesis import given
from hypothesis import strategies as st

from rules.engine.watch import LATE, Watch, Watched
from rules.model import Report


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 63)), max_size=200))
def test_each_number_of_a_boot_is_taken_once(numbers: list[tuple[int, int]]) -> None:
    watched = Watched("d", 30, ups=False)
    taken = [number for number in numbers if watched.is_new(*number)]
    assert len(taken) == len(set(taken))
    # What belongs to the newest boot so far and was not taken yet is new.
    newest = -1
    expected = []
    for boot_id, seq in numbers:
        if boot_id >= newest and (boot_id, seq) not in expected:
            newest = boot_id
            expected.append((boot_id, seq))
    assert taken == expected


def test_a_number_far_behind_counts_as_a_repeat() -> None:
    watched = Watched("d", 30, ups=False)
    assert watched.is_new(1, 1000)
    assert watched.is_new(1, 937)
    assert not watched.is_new(1, 936)
    assert watched.is_new(1, 5000)
    assert not watched.is_new(1, 1000)


def test_a_boot_number_that_is_far_too_large_outlaws_the_others_for_a_few_reports_only() -> None:
    watched = Watched("d", 30, ups=False)
    assert watched.is_new(7, 1)
    assert watched.is_new(2**52, 1)
    live = [(7, 2), (7, 3), (7, 4), (7, 5)]
    assert [watched.is_new(*one) or watched.has_gone_back(*one) for one in live] == [
        *(False, False, True, True),
    ]
    assert not watched.is_new(7, 3)


def test_what_is_delivered_late_does_not_bring_an_earlier_boot_back() -> None:
    watched = Watched("d", 30, ups=False)
    assert watched.is_new(2, 1)
    for seq in (50, 52, 50, 51):
        assert not watched.has_gone_back(1, seq)
    assert watched.is_new(2, 2)
    assert not watched.has_gone_back(1, 52)
    assert not watched.has_gone_back(2, 1)
    assert watched.boot_id == 2


def test_a_device_is_overdue_after_its_interval_and_some() -> None:
    watch = Watch({"d": Watched("d", 30, ups=False)})
    watched = watch.of["d"]
    watch.hear(watched, Report(100, "d", 1, 1))
    assert watch.look(100 + LATE * 30 - 0.1) == []
    assert watch.look(100 + LATE * 30) == [watched]
    assert [watched.misses(100 + part * 30) for part in (1.25, 2.2, 2.25, 3.3)] == [1, 1, 2, 3]
    watch.hear(watched, Report(190, "d", 1, 4))
    assert (watched.overdue, watch.overdue, watched.misses(200)) == (False, set(), 0)


def test_what_was_delivered_late_does_not_turn_time_back() -> None:
    watch = Watch({"d": Watched("d", 30, ups=False)})
    watched = watch.of["d"]
    watch.hear(watched, Report(100, "d", 1, 2))
    watch.hear(watched, Report(70, "d", 1, 1))
    assert watched.last_at == 100


def test_a_device_that_was_never_heard_is_not_overdue() -> None:
    watch = Watch({"d": Watched("d", 30, ups=False)})
    watch.grace(10)
    assert watch.look(1e9) == []
