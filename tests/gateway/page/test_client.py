"""What waits for one open page, when it is slow."""

from datetime import timedelta

from gateway.page.client import Client

SOON = timedelta(milliseconds=1)


def snapshot() -> bytes:
    return b"everything"


async def test_it_gets_everything_first_and_then_what_is_new_in_order() -> None:
    client = Client(snapshot)
    assert await client.take(SOON) == b"everything"
    client.offer(b"1")
    client.offer(b"2")
    assert await client.take(SOON) == b"12"
    assert await client.take(SOON) == b""


async def test_who_is_too_slow_gets_everything_anew_instead_of_all_that_was_missed() -> None:
    client = Client(snapshot, first=[b"0"], capacity=2)
    assert [client.offer(event) for event in (b"1", b"2", b"3")] == [True, False, True]
    assert await client.take(SOON) == b"everything"
    client.offer(b"4")
    assert await client.take(SOON) == b"4"


async def test_the_end_cuts_off_who_takes_nothing_and_no_one_else() -> None:
    quick, stuck = Client(snapshot), Client(snapshot)
    cut = []
    quick.cut, stuck.cut = (lambda: cut.append("quick")), (lambda: cut.append("stuck"))
    stuck.is_writing = True
    for client in (quick, stuck):
        client.end()
    assert await quick.take(SOON) is None
    assert cut == ["stuck"]
