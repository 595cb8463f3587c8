"""The arithmetic of evidence: how many silent devices prove what."""

import pytest

from rules.engine.evidence import THRESHOLD, Background, Finding, symptom, weigh
from rules.engine.network import Candidate
from rules.engine.watch import LATE, Watch, Watched
from rules.model import Report

INTERVAL = 30.0
YEAR = 365.25 * 86_400


def candidate(devices: int, per_year: float = 6.0) -> Candidate:
    codes = frozenset(f"d{number}" for number in range(devices))
    return Candidate(
        name="village",
        root=("village",),
        kind="village",
        power=False,
        devices=codes,
        per_second=per_year / YEAR,
    )


def find(devices: int, silent: int, misses: int, heard_after: int = 0) -> Finding | None:
    """Judge a village with so many devices, some silent for so many reports."""
    watch = Watch(
        {f"d{number}": Watched(f"d{number}", INTERVAL, ups=False) for number in range(devices)}
    )
    for number, watched in enumerate(watch.of.values()):
        at = 0.0 if number < silent else (40.0 if number < silent + heard_after else -1.0)
        if at >= 0:
            watch.hear(watched, Report(at, watched.code, 1, 1))
    now = (LATE + misses - 1) * INTERVAL
    watch.look(now)
    told = [symptom(each, now, Background()) for each in watch.of.values()]
    symptoms = [each for each in told if each is not None]
    return weigh(candidate(devices), symptoms, watch.of, LATE * INTERVAL)


@pytest.mark.parametrize("misses", [1, 2, 10, 1000])
def test_one_device_never_proves_that_its_village_is_out(misses: int) -> None:
    assert find(devices=1, silent=1, misses=misses) is None


def test_two_prove_it_when_each_has_missed_two_reports() -> None:
    assert find(devices=2, silent=2, misses=1) is None
    assert find(devices=2, silent=2, misses=2) is not None


def test_three_prove_it_at_once() -> None:
    assert find(devices=3, silent=3, misses=1) is not None


def test_one_that_was_heard_since_speaks_against_it() -> None:
    silent = find(devices=3, silent=2, misses=2)
    assert silent is not None
    assert find(devices=3, silent=2, misses=2, heard_after=1) is None


def test_many_that_were_not_due_yet_say_nothing() -> None:
    few, many = find(devices=3, silent=3, misses=1), find(devices=60, silent=3, misses=1)
    assert few is not None
    assert few.score > THRESHOLD
    # A big cause waits for a little more than the least.
    assert many is None
    more = find(devices=60, silent=5, misses=1)
    assert more is not None
    assert more.score > few.score


def test_the_onset_lies_between_the_last_report_and_the_first_that_did_not_come() -> None:
    finding = find(devices=3, silent=3, misses=1)
    assert finding is not None
    assert 0.0 <= finding.first_at <= finding.began_at <= 1.2 * INTERVAL
