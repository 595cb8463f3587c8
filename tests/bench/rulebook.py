"""`python -m tests.bench.rulebook`: how many values a second the shipped rulebook judges."""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from random import Random

import msgspec

from province.inventory import Inventory
from rules.rulebook.changes import Sample
from rules.rulebook.engine import RuleBookEngine
from rules.rulebook.reader import read_rulebook
from rules.rulebook.subjects import subjects_of
from simulators.generate import generate_inventory
from simulators.signals import BASE_STATION, LINKS, SENSORS, Signal

_START = 1_767_200_400.0
_SPREAD_SECONDS = 30


def main() -> None:
    """Judge some minutes of the province, and print how much of a core it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rulebook", description=__doc__)
    parser.add_argument("--minutes", type=int, default=20, help="of the province (default 20)")
    parser.add_argument("--scale", type=float, default=1.0, help="of the province (default 1)")
    options = parser.parse_args()
    inventory = generate_inventory(1, options.scale)
    began = time.process_time()
    subjects = dict(subjects_of(inventory))
    print(f"{len(subjects):,} devices known in {time.process_time() - began:.2f} s")
    began = time.process_time()
    engine = RuleBookEngine(read_rulebook(), subjects)
    print(f"rulebook read, rules and devices put together in {time.process_time() - began:.2f} s")
    _measure(engine, _ticks(inventory, options.minutes))
    began = time.process_time()
    size = len(msgspec.json.encode(engine.state))
    print(f"state: {size / 1e6:.1f} MB of JSON, in {time.process_time() - began:.2f} s")


def _measure(engine: RuleBookEngine, ticks: Iterable[tuple[list[Sample], float]]) -> None:
    values, changes = 0, 0
    spent: list[float] = []
    for samples, now in ticks:
        began = time.process_time()
        changes += len(engine.advance(samples, now))
        spent.append(time.process_time() - began)
        values += sum(len(sample.values) for sample in samples)
    total = sum(spent)
    print(f"{values:,} values in {total:.2f} s: {values / total:,.0f} a second, {changes} changes")
    slow = sorted(spent)[int(len(spent) * 0.99)]
    print(f"a second of the province: {total / len(spent) * 1000:.1f} ms, p99 {slow * 1000:.1f} ms")


def _ticks(inventory: Inventory, minutes: int) -> Iterator[tuple[list[Sample], float]]:
    random = Random(1)
    links = {link.code: link for link in inventory.links}
    phases: dict[int, list[tuple[str, Sequence[Signal]]]] = defaultdict(list)
    for device in inventory.devices:
        link = links.get(device.link or "")
        signals = SENSORS.get(device.code.rsplit("-", 1)[-1])
        if signals is None:
            signals = LINKS[link.technology] if link is not None else BASE_STATION
        phases[random.randrange(_SPREAD_SECONDS)].append((device.code, signals))
    for second in range(minutes * 60):
        at = _START + second
        hour = (at + 7 * 3600) % 86_400 / 3600
        yield (
            [
                Sample(at, code, {each.name: _value(each, hour, random) for each in signals})
                for code, signals in phases[second % _SPREAD_SECONDS]
            ],
            at,
        )


def _value(signal: Signal, hour: float, random: Random) -> float:
    value = signal.curve.at(hour) + random.gauss(0, 1) * signal.spread
    return max(signal.least, min(signal.most, value))


if __name__ == "__main__":
    main()
