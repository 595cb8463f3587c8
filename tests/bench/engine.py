"""`python -m tests.bench.engine`: what the engine costs at the size of the province."""

import argparse
import gc
import io
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.engine.state import State
from rules.event_log import EventReader
from rules.model import Event
from rules.plain import dump_plain, load_plain
from rules.replay import replay
from simulators.generate import generate_province
from simulators.offline.run import run_offline
from simulators.scenarios.reader import load_scenario
from simulators.world.cast import with_intervals
from simulators.world.production import Play

_SCALE = 1.28
"""Gives some 10,000 devices."""
_SCENARIOS = ("calm", "operator-outage", "storm")


class _Log(NamedTuple):
    network: Network
    lines: list[bytes]


def main() -> None:
    """Run the measurements and print each as it is done."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engine", description=__doc__)
    parser.add_argument("--scale", type=float, default=_SCALE, help=f"default {_SCALE:g}")
    parser.add_argument("--scenarios", default=",".join(_SCENARIOS), metavar="A,B")
    parser.add_argument("--lines", type=int, default=1_500_000, help="at most, of each log")
    options = parser.parse_args()
    for name in options.scenarios.split(","):
        log = _record(name, options.scale, options.lines)
        print(
            f"\n{name}: {len(log.network.devices):,} devices, {len(log.lines):,} lines", flush=True
        )
        for line in _measure(log):
            print(f"  {line}", flush=True)


def _record(name: str, scale: float, most: int) -> _Log:
    scenario = load_scenario(name)
    province = generate_province(1, scale, wrong_edges=scenario.conditions.wrong_edges)
    with tempfile.TemporaryFile() as events:
        run_offline(Play(scenario, province.true, 1), [events], truth=io.StringIO())
        events.seek(0)
        lines = [line for line, _ in zip(events, range(most), strict=False)]
    return _Log(Network(with_intervals(province.published, scenario.conditions)), lines)


def _measure(log: _Log) -> Iterator[str]:
    # As the service does: what lives on is not walked again and again.
    gc.collect()
    gc.freeze()
    engine, out = Engine(log.network), io.StringIO()
    began = time.process_time()
    replay(log.lines, "log", engine, out)
    seconds = time.process_time() - began
    yield f"replay: {len(log.lines) / seconds:,.0f} lines/s, decoding included"
    events = list(_read(log.lines))
    # A million events that only the measurement holds would be walked in the midst of a look.
    gc.collect()
    gc.freeze()
    yield from _looks(Engine(log.network), events)
    began = time.process_time()
    dumped = dump_plain(engine.state)
    written = time.process_time() - began
    began = time.process_time()
    load_plain(State, dumped)
    read = time.process_time() - began
    yield (
        f"snapshot: {len(dumped):,} bytes, written in {1000 * written:.0f} ms,"
        f" read in {1000 * read:.0f} ms"
    )


def _read(lines: Sequence[bytes]) -> Iterator[tuple[Event, float]]:
    read = EventReader().read
    for line in lines:
        event, delivered_at = read(line)
        if event is not None:
            yield event, delivered_at


def _looks(engine: Engine, events: Sequence[tuple[Event, float]]) -> Iterator[str]:
    """Advance one event at a time, as the live service may; time each that makes a look."""
    looks, clock = [], time.process_time
    whole = clock()
    for event, delivered_at in events:
        if event.at < engine.next_look:
            engine.advance((event,), delivered_at)
            continue
        began = clock()
        engine.advance((event,), delivered_at)
        looks.append(clock() - began)
    rest = clock() - whole - sum(looks)
    looks.sort()
    half, high = looks[len(looks) // 2], looks[int(len(looks) * 0.99)]
    yield f"advance: {len(events) / (rest + sum(looks)):,.0f} events/s, one by one, looks included"
    yield (
        f"look: p50 {1000 * half:.1f} ms, p99 {1000 * high:.1f} ms, max {1000 * looks[-1]:.1f} ms"
        f" of {len(looks):,}"
    )


if __name__ == "__main__":
    main()
