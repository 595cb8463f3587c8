"""Rates: how often a device may upload, as a bucket of tokens for each."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class Rates:
    """Counts what each device may still send; only known devices come so far, so they are few.

    Args:
        rate: uploads a second in the long run.
        burst: uploads at once.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: dict[str, _Bucket] = {}

    def take(self, device: str, now: datetime) -> timedelta:
        """Take a token; return how long to wait where there is none, and zero where there was."""
        bucket = self._buckets.get(device)
        if bucket is None:
            bucket = self._buckets[device] = _Bucket(self._burst, now)
        # A clock that is set back must not take away what was there.
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(self._burst, bucket.tokens + passed * self._rate)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return timedelta(0)
        return timedelta(seconds=(1 - bucket.tokens) / self._rate)
