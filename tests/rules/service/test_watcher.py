"""The watcher's start: what is read and decided again first takes its time."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from province.inventory import Inventory
from rules.rulebook.reader import read_rulebook
from rules.service.consequences import Consequences
from rules.service.inventories import Inventories
from rules.service.journal import Journal, Position
from rules.service.lines import Line
from rules.service.outbox import Outbox
from rules.service.recovery import fresh_memory
from rules.service.told import Told
from rules.service.watcher import Watcher, know
from rules.settings import RulesSettings
from runtime.broker.address import BrokerAddress
from tests.rules.service.make import SetClock


class LongJournal(Journal):
    """A journal that takes a minute to read."""

    def __init__(self, directory: Path, clock: SetClock) -> None:
        super().__init__(directory, clock)
        self._reading = clock

    def read(self, _position: Position) -> Iterator[tuple[Position, Line]]:
        self._reading.move(60)
        return iter(())


def make_watcher(directory: Path, clock: SetClock) -> Watcher:
    return Watcher(
        RulesSettings(state_directory=directory),
        BrokerAddress.from_environment({"MQTT_URL": "mqtt://rules@127.0.0.1:1"}),
        LongJournal(directory, clock),
        Inventories(directory),
        Consequences(Outbox(1000), Told()),
        clock,
        Random(1),
    )


async def test_a_long_start_is_no_overdue_canary(tmp_path: Path) -> None:
    clock = SetClock()
    watcher = make_watcher(tmp_path, clock)
    watcher.begin(fresh_memory("x", 1), know(1, Inventory()), read_rulebook(), Position())
    assert watcher.sight.look(clock.now()) == []
    clock.move(60)
    assert [line["service"] for line in watcher.sight.look(clock.now())] == ["broker"]
