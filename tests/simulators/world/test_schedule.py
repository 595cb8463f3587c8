"""The schedule."""

from hypothesis import given
from hypothesis import strategies as st

from simulators.world.schedule import NEVER, Schedule


@given(st.lists(st.integers(0, 50)))
def test_things_happen_in_order_of_time_and_then_of_planning(times: list[int]) -> None:
    schedule = Schedule(0)
    happened: list[tuple[int, int]] = []
    for number, at in enumerate(times):
        schedule.plan(at, lambda now, what: happened.append((now, what)), number)
    schedule.run(100)
    assert happened == sorted(((at, number) for number, at in enumerate(times)))
    assert schedule.now == 100


def test_what_is_planned_for_the_past_happens_now() -> None:
    schedule = Schedule(10)
    happened: list[int] = []
    schedule.plan(3, lambda at, _: happened.append(at))
    assert schedule.next_at == 10
    schedule.step()
    assert happened == [10]
    assert schedule.next_at == NEVER


def test_a_run_ends_before_its_end() -> None:
    schedule = Schedule(0)
    happened: list[int] = []
    for at in (1, 5, 6):
        schedule.plan(at, lambda now, _: happened.append(now))
    schedule.run(6)
    assert happened == [1, 5]
