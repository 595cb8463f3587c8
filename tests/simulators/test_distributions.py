"""How values move."""

import statistics
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from simulators.distributions import Night, Wander, Wave, jittered, local_hour

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_local_day_begins_at_17_utc() -> None:
    assert local_hour(datetime(2026, 1, 1, 17, 0, tzinfo=UTC)) == 0
    assert local_hour(datetime(2026, 1, 1, 3, 30, tzinfo=UTC)) == 10.5


def test_a_wave_is_highest_at_its_peak_and_lowest_twelve_hours_later() -> None:
    wave = Wave(20, 5, 14)
    assert wave.at(14) == 25
    assert wave.at(2) == pytest.approx(15)
    assert wave.at(8) == pytest.approx(20)


def test_lamps_burn_at_night() -> None:
    lamp = Night(1, 0)
    assert [lamp.at(hour) for hour in (0, 5.4, 5.5, 12, 17.9, 18, 23.9)] == [1, 1, 0, 0, 0, 1, 1]


def test_noise_wanders_but_does_not_drift() -> None:
    wander = Wander(Random(1))
    values = [wander.step() for _ in range(20_000)]
    assert statistics.mean(values) == pytest.approx(0, abs=0.1)
    assert statistics.stdev(values) == pytest.approx(1, abs=0.1)
    assert statistics.correlation(values[:-1], values[1:]) == pytest.approx(0.9, abs=0.02)


def test_jitter_is_a_tenth_of_the_interval_and_does_not_add_up() -> None:
    interval = timedelta(seconds=30)
    random = Random(1)
    for turn in range(1_000):
        due = jittered(START, turn, interval, random)
        assert abs(due - START - turn * interval) <= interval / 10
