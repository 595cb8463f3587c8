"""Sight: when we see, when we do not, and since when."""

from datetime import timedelta

from rules.service.lines import Line
from rules.service.sight import Sight
from tests.rules.service.make import NOON, SetClock

OVERDUE = timedelta(seconds=5)


def told(lines: list[Line]) -> list[str]:
    return [f"{line.get('service', line['kind'])} {line.get('state', '')}" for line in lines]


def test_a_canary_that_is_overdue_blinds_since_the_one_before() -> None:
    clock = SetClock()
    sight = Sight("t", OVERDUE, clock.now())
    assert told(sight.came_back(sight.send(clock.now()), clock.now())) == ["beat "]
    for _ in range(5):
        clock.move(1)
        assert sight.look(clock.now()) == []
    clock.move(1)
    (line,) = sight.look(clock.now())
    assert (line["service"], line["state"], line["blinding"]) == ("broker", "down", True)
    assert line["received_at"] == "2026-11-25T05:00:00.000Z"
    assert line["delivered_at"] == "2026-11-25T05:00:06.000Z"
    assert sight.blind
    assert sight.look(clock.now()) == []
    assert told(sight.came_back(sight.send(clock.now()), clock.now())) == ["broker up", "beat "]
    assert not sight.blind


def test_a_process_that_was_stopped_has_not_seen_until_a_canary_is_back() -> None:
    clock = SetClock()
    sight = Sight("t", OVERDUE, clock.now())
    canary = sight.send(clock.now())
    clock.move(2)
    assert sight.look(clock.now()) == []
    clock.move(3)
    (line,) = sight.look(clock.now())
    assert (line["service"], line["state"], line["blinding"]) == ("rules", "down", True)
    assert line["received_at"] == "2026-11-25T05:00:02.000Z"
    assert line["delivered_at"] == "2026-11-25T05:00:05.000Z"
    assert sight.look(clock.now()) == []
    assert told(sight.came_back(canary, clock.now())) == ["rules up", "beat "]
    assert not sight.blind


def test_only_our_own_canaries_prove_anything_and_each_once() -> None:
    sight = Sight("t", OVERDUE, NOON)
    other = Sight("other", OVERDUE, NOON)
    payload = sight.send(NOON)
    assert sight.came_back(other.send(NOON), NOON) == []
    assert sight.came_back(b"t 99", NOON) == []
    assert sight.came_back(b"\xff\xff", NOON) == []
    assert len(sight.came_back(payload, NOON)) == 1
    assert sight.came_back(payload, NOON) == []


def test_a_lost_connection_blinds_at_once_and_old_canaries_prove_nothing() -> None:
    sight = Sight("t", OVERDUE, NOON)
    payload = sight.send(NOON)
    assert told(sight.lost(NOON)) == ["broker down"]
    assert sight.came_back(payload, NOON) == []
    assert sight.blind


def test_time_that_nobody_watched_is_ours_until_the_broker_is_seen_or_is_to_blame() -> None:
    clock = SetClock()
    away_since = clock.now() - timedelta(minutes=3)
    sight = Sight("t", OVERDUE, clock.now(), away_since=away_since)
    (line,) = sight.begin(clock.now())
    assert (line["service"], line["received_at"]) == ("rules", "2026-11-25T04:57:00.000Z")
    assert told(sight.came_back(sight.send(clock.now()), clock.now())) == ["rules up", "beat "]
    late = Sight("t", OVERDUE, clock.now(), away_since=away_since)
    late.begin(clock.now())
    clock.move(6)
    assert told(late.look(clock.now())) == ["broker down", "rules up"]


def test_time_goes_on_while_nothing_is_seen() -> None:
    clock = SetClock()
    sight = Sight("t", OVERDUE, clock.now())
    clock.move(3)
    assert sight.tick(clock.now()) == []
    sight.lost(clock.now())
    assert told(sight.tick(clock.now())) == ["tick "]
    assert sight.tick(clock.now()) == []
    clock.move(1)
    assert told(sight.tick(clock.now())) == ["tick "]


def test_a_broker_that_was_away_at_the_end_is_still_away_at_the_start() -> None:
    sight = Sight("t", OVERDUE, NOON, down=["broker", "database"])
    assert sight.blind
    lines = sight.came_back(sight.send(NOON), NOON)
    assert told(lines) == ["broker up", "beat "]
