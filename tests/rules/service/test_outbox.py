"""The outbox: order, room, and what of an incident's steps must be kept."""

from rules.model import VillageNotice, VillageState
from rules.service.outbox import Outbox
from rules.store.changes import EntryChange, VillageChange
from tests.rules.service.make import make_change


async def test_only_the_newest_record_of_an_incident_waits_with_the_entries_of_all() -> None:
    outbox = Outbox(10)
    steps = [make_change("a", 1), make_change("b", 1), make_change("a", 2)]
    outbox.add(steps)
    assert outbox.first(10) == [EntryChange(steps[0].entry), steps[1], steps[2]]
    outbox.written(outbox.first(2))
    assert outbox.first(10) == [steps[2]]
    assert not outbox.empty.is_set()
    outbox.written(outbox.first(10))
    assert outbox.empty.is_set()


async def test_a_step_that_came_while_the_one_before_was_written_stays() -> None:
    outbox = Outbox(10)
    outbox.add([make_change("a", 1)])
    under_way = outbox.first(10)
    outbox.add([make_change("a", 2)])
    outbox.written(under_way)
    assert make_change("a", 2) in outbox.first(10)


async def test_what_waits_comes_back_from_a_snapshot() -> None:
    outbox = Outbox(10)
    village = VillageChange(VillageNotice(1.0, "v", VillageState.DARK, 0.5, "network"), step=3)
    outbox.add([make_change("a"), village])
    again = Outbox(10)
    again.load(outbox.dump())
    assert again.first(10) == outbox.first(10)


async def test_past_its_limit_the_oldest_is_let_go_and_counted() -> None:
    outbox = Outbox(2)
    outbox.add([make_change(name) for name in "abc"])
    assert [change.record.incident for change in outbox.first(9)] == ["b", "c"]  # type: ignore[union-attr]  # all are incidents
    assert outbox.lost == 1
