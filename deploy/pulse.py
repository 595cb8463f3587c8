"""The pulse of ingest: its metrics, read twice, as one line for a person."""

import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from typing import Final

_PREFIX: Final = "srepok_ingest_"
_COUNTERS: Final = ("messages_received_total", "records_stored_total", "lag_seconds_count")


@dataclass(frozen=True, slots=True)
class Reading:
    """Ingest's metrics at one moment.

    Attributes:
        at: when, in seconds of any steady clock.
        values: by name without `srepok_ingest_`; series of one name are added up. Empty where
            ingest did not answer.
    """

    at: float
    values: Counter[str]


def fetch(port: int, path: str, timeout_seconds: float = 2) -> tuple[int, str]:
    """Return status and text of one of ingest's probes; status 0 if nobody answers."""
    url = f"http://127.0.0.1:{port}/{path}"
    try:
        with urllib.request.urlopen(url, timeout=timeout_seconds) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def parse(text: str, at: float) -> Reading:
    """Read Prometheus text."""
    values: Counter[str] = Counter()
    for line in text.splitlines():
        if line.startswith(_PREFIX):
            series, _, value = line.rpartition(" ")
            name = series.partition("{")[0].removeprefix(_PREFIX)
            values[name] += float(value)  # type: ignore[assignment]  # Counter adds floats as well
    return Reading(at, values)


def describe(before: Reading, now: Reading) -> str:
    """Return what happened between two readings as one line; a dash is what nobody could read."""
    if not now.values:
        return _line("-", "-", "-", "-", "-")
    stored, in_flight, rejected = (
        f"{now.values[name]:.0f}"
        for name in ("records_stored_total", "messages_in_flight", "records_rejected_total")
    )
    # Counters that went back are those of a process that has just been started.
    if any(now.values[name] < before.values[name] for name in _COUNTERS) or not before.values:
        return _line("-", stored, in_flight, rejected, "-")
    seconds = max(now.at - before.at, 0.001)
    gone = {name: now.values[name] - before.values[name] for name in now.values}
    rate = gone.get("messages_received_total", 0) / seconds
    batches = gone.get("lag_seconds_count", 0)
    lag = f"{1000 * gone['lag_seconds_sum'] / batches:.0f} ms" if batches else "-"
    return _line(f"{rate:.1f}", stored, in_flight, rejected, lag)


def _line(rate: str, stored: str, in_flight: str, rejected: str, lag: str) -> str:
    return (
        f"{rate:>7} messages/s  stored {stored}  in flight {in_flight}"
        f"  rejected {rejected}  lag {lag}"
    )
