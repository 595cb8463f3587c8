"""How a receiver does: when it may be tried again, and whether it is flooded."""

from datetime import timedelta
from random import Random

from rules.notify.receivers import DigestSettings, Receiver
from rules.notify.state import Standing
from runtime.backoff import Backoff, BackoffPolicy

_LONGEST_REQUEST = timedelta(hours=1)
"""A receiver that asks to be left alone for longer is tried all the same."""


def note_success(standing: Standing) -> None:
    """Forget the failures."""
    standing.failures, standing.failing_since, standing.retry_at = 0, 0.0, 0.0
    standing.error = ""


def note_failure(
    standing: Standing,
    receiver: Receiver,
    now: float,
    error: str,
    retry_after: timedelta | None,
    random: Random,
) -> None:
    """Leave the receiver alone for a while, longer with each failure."""
    if standing.failures == 0:
        standing.failing_since = now
    backoff = Backoff(BackoffPolicy(receiver.retry, receiver.retry_cap), random)
    for _ in range(min(standing.failures, 30)):
        backoff.delay()
    delay = backoff.delay()
    if retry_after is not None:
        delay = max(delay, min(retry_after, _LONGEST_REQUEST))
    standing.failures += 1
    standing.error = error
    standing.retry_at = now + delay.total_seconds()


def messages_lately(standing: Standing, digest: DigestSettings, now: float) -> int:
    """Return how many messages the receiver got in the window, and forget older ones."""
    since = now - digest.window.total_seconds()
    standing.recent = [(at, count) for at, count in standing.recent if at > since]
    return sum(count for _, count in standing.recent)


def digest_due_at(standing: Standing, digest: DigestSettings) -> float:
    """Return when the next digest may go."""
    if standing.digest_at is None:
        return 0.0
    return standing.digest_at + digest.every.total_seconds()
