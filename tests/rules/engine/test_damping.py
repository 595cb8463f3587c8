"""What goes down again and again."""

import pytest

from rules.engine.damping import Damping
from rules.engine.state import State

MINUTE = 60.0


@pytest.fixture
def damping() -> Damping:
    return Damping(State())


def test_three_falls_in_a_row_are_flapping_and_two_are_not(damping: Damping) -> None:
    damping.went_down("link", 0)
    damping.went_down("link", 2 * MINUTE)
    assert not damping.is_flapping("link", 2 * MINUTE, before=False)
    damping.went_down("link", 4 * MINUTE)
    assert damping.is_flapping("link", 4 * MINUTE, before=False)
    assert not damping.is_flapping("other", 4 * MINUTE, before=False)


def test_falls_an_hour_apart_are_none(damping: Damping) -> None:
    for hour in range(10):
        damping.went_down("link", hour * 60 * MINUTE)
        assert not damping.is_flapping("link", hour * 60 * MINUTE, before=False)


def test_half_an_hour_of_quiet_ends_it_however_many_falls_there_were(damping: Damping) -> None:
    for fall in range(50):
        damping.went_down("link", fall * MINUTE)
    last = 49 * MINUTE
    assert damping.is_flapping("link", last + 25 * MINUTE, before=True)
    assert not damping.is_flapping("link", last + 31 * MINUTE, before=True)


def test_the_falls_go_over_to_what_a_cause_turns_out_to_be(damping: Damping) -> None:
    for fall in range(3):
        damping.went_down("village", fall * MINUTE)
    damping.moved("village", "link", 3 * MINUTE)
    assert damping.is_flapping("link", 3 * MINUTE, before=True)
