"""The outbox: what waits, what is under way, what is dropped."""

from hypothesis import given, settings
from hypothesis import strategies as st

from province.topics import Channel
from simulators.outgoing import Outbox
from tests.simulators.make import make_outgoing


def send(outbox: Outbox, packet_id: int) -> int | None:
    outgoing = outbox.next()
    if outgoing is None:
        return None
    outbox.sent(packet_id)
    return outgoing.key.seq


def test_no_more_than_the_window_is_under_way() -> None:
    outbox = Outbox(capacity=10, window=2)
    for seq in range(3):
        outbox.append(make_outgoing(seq))
    assert [send(outbox, packet_id) for packet_id in (1, 2, 3)] == [0, 1, None]
    assert outbox.confirmed(1)
    assert send(outbox, 3) == 2


def test_the_oldest_that_waits_is_dropped_and_counted() -> None:
    outbox = Outbox(capacity=3, window=1)
    outbox.append(make_outgoing(0))
    send(outbox, 1)
    for seq in range(1, 5):
        outbox.append(make_outgoing(seq))
    assert len(outbox) == 3
    assert outbox.dropped == 2
    assert outbox.confirmed(1)
    assert send(outbox, 2) == 3


def test_what_was_under_way_is_sent_again_first_and_as_late() -> None:
    outbox = Outbox(capacity=10, window=2)
    for seq in range(3):
        outbox.append(make_outgoing(seq))
    send(outbox, 1)
    send(outbox, 2)
    outbox.connection_lost()
    assert outbox.confirmed(1) is None
    again = outbox.next()
    assert again is not None
    assert again.late
    assert [send(outbox, 7), send(outbox, 8)] == [0, 1]


def test_a_confirmation_of_something_else_is_no_ones() -> None:
    assert Outbox(capacity=1, window=1).confirmed(5) is None


def test_a_key_is_the_idempotency_key() -> None:
    assert make_outgoing(4).key == ("d1", "2026-11-23T05:00:00.000Z", 9, 4)
    assert make_outgoing(4, Channel.EVENT).topic.endswith("/event")


@settings(deadline=None)  # the machine may be busy; time is not what is tested
@given(st.lists(st.sampled_from(["append", "send", "confirm", "lose"]), max_size=200))
def test_nothing_is_lost_but_what_is_counted_as_dropped(steps: list[str]) -> None:
    outbox = Outbox(capacity=8, window=3)
    appended, confirmed, under_way, packet_id = 0, [], [], 0
    for step in steps:
        if step == "append":
            outbox.append(make_outgoing(appended))
            appended += 1
        elif step == "send":
            packet_id += 1
            if send(outbox, packet_id) is not None:
                under_way.append(packet_id)
        elif step == "confirm" and under_way:
            outgoing = outbox.confirmed(under_way.pop(0))
            assert outgoing is not None
            confirmed.append(outgoing.key.seq)
        elif step == "lose":
            outbox.connection_lost()
            under_way = []
        assert len(outbox) <= 8
    assert appended == len(confirmed) + len(outbox) + outbox.dropped
    assert confirmed == sorted(set(confirmed))
