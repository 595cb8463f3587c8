"""How values move."""

import statistics
from random import Random

import pytest

from simulators.distributions import WANDER_STEPS, Night, Wave, binomial, wander


def test_a_wave_is_highest_at_its_peak_and_lowest_twelve_hours_later() -> None:
    wave = Wave(20, 5, 14)
    assert wave.at(14) == 25
    assert wave.at(2) == pytest.approx(15)
    assert wave.at(8) == pytest.approx(20)


def test_lamps_burn_at_night() -> None:
    lamp = Night(1, 0)
    assert [lamp.at(hour) for hour in (0, 5.4, 5.5, 12, 17.9, 18, 23.9)] == [1, 1, 0, 0, 0, 1, 1]


def test_noise_wanders_but_does_not_drift() -> None:
    values = wander(1)
    assert len(values) == WANDER_STEPS
    assert statistics.mean(values) == pytest.approx(0, abs=0.15)
    assert statistics.stdev(values) == pytest.approx(1, abs=0.1)
    assert statistics.correlation(values[:-1], values[1:]) == pytest.approx(0.9, abs=0.02)
    assert wander(1)[:9] == values[:9] != wander(2)[:9]


@pytest.mark.parametrize("chance", [0.0, 0.002, 0.08, 0.5, 1.0])
def test_a_binomial_draw_has_the_right_mean_and_spread(chance: float) -> None:
    random = Random(1)
    draws = [binomial(60, chance, random.random()) for _ in range(20_000)]
    assert statistics.mean(draws) == pytest.approx(60 * chance, abs=0.1)
    assert statistics.pvariance(draws) == pytest.approx(60 * chance * (1 - chance), abs=0.4)
    assert all(0 <= draw <= 60 for draw in draws)
