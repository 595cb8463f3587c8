"""Back-off."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from runtime.backoff import Backoff, BackoffPolicy


@given(st.integers(), st.integers(min_value=1, max_value=2000))
def test_delays_stay_under_their_doubling_bound_and_the_cap(seed: int, failures: int) -> None:
    policy = BackoffPolicy(first=timedelta(milliseconds=100), cap=timedelta(seconds=5))
    backoff = Backoff(policy, Random(seed))
    for failure in range(failures):
        delay = backoff.delay()
        assert timedelta(0) <= delay <= min(policy.cap, policy.first * 2 ** min(failure, 20))
    assert backoff.failures == failures


def test_a_success_starts_over_and_the_jitter_is_full() -> None:
    policy = BackoffPolicy(first=timedelta(seconds=1), cap=timedelta(seconds=8))
    backoff = Backoff(policy, Random(7))
    for _ in range(10):
        backoff.delay()
    backoff.reset()
    first = []
    for _ in range(2000):
        first.append(backoff.delay().total_seconds())
        backoff.reset()
    assert max(first) <= 1.0
    assert min(first) < 0.05
    assert max(first) > 0.95
