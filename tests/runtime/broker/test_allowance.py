"""How many messages a session lets the broker have under way."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.broker.allowance import Allowance
from runtime.broker.options import SessionOptions

MIB = 1024 * 1024
OPTIONS = SessionOptions(
    client_id="test",
    receive_maximum=12_000,
    in_flight_bytes=64 * MIB,
    maximum_packet_size=MIB // 4,
)


def test_it_begins_with_what_was_asked_for() -> None:
    allowance = Allowance(OPTIONS)
    assert allowance.options == OPTIONS
    assert not allowance.lowered


def test_it_is_lowered_to_half_of_what_was_under_way() -> None:
    allowance = Allowance(OPTIONS)
    allowance.lower(1200)
    assert allowance.options.receive_maximum == 600


@given(st.lists(st.integers(0, 70_000), min_size=1))
def test_it_is_never_lower_than_what_always_fits(under_way: list[int]) -> None:
    allowance = Allowance(OPTIONS)
    for messages in under_way:
        allowance.lower(messages)
        fitting = allowance.receive_maximum * OPTIONS.maximum_packet_size
        assert allowance.receive_maximum >= 256
        assert allowance.receive_maximum <= 6000 or fitting <= OPTIONS.in_flight_bytes


def test_it_grows_only_where_twice_as_much_fits_and_never_beyond_what_was_asked_for() -> None:
    allowance = Allowance(OPTIONS)
    allowance.lower(8000)
    assert not allowance.raise_if_fitting(33 * MIB)
    assert allowance.receive_maximum == 4000
    assert allowance.raise_if_fitting(32 * MIB)
    assert allowance.receive_maximum == 8000
    assert allowance.raise_if_fitting(0)
    assert allowance.receive_maximum == 12_000
    assert not allowance.raise_if_fitting(0)


def test_a_small_session_is_not_raised_by_the_floor() -> None:
    small = SessionOptions(client_id="test", receive_maximum=10)
    allowance = Allowance(small)
    allowance.lower(10)
    assert allowance.receive_maximum == 10
