"""Ingest, seen from outside: does it say that it works, and what do its instruments show?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

_TIMEOUT: Final = aiohttp.ClientTimeout(total=3)
_OK: Final = 200
_PREFIX: Final = "srepok_ingest_"
_COPIED: Final = (
    "messages_in_flight",
    "broker_connected",
    "broker_messages_dropped",
    "broker_messages_kept",
    "database_up",
)


@dataclass(frozen=True, slots=True)
class IngestAnswer:
    """What ingest answers.

    Attributes:
        ready: it does its work, or only lacks the database, whose absence is known otherwise.
        values: of its instruments, by their names in the rulebook.
    """

    ready: bool = False
    values: Mapping[str, float] = field(default_factory=dict)


async def ask_ingest(http: aiohttp.ClientSession, url: str, now: datetime) -> IngestAnswer:
    """Ask ingest's `/readyz`, and its `/metrics` beside it.

    Args:
        http: asks.
        url: of `/readyz`.
        now: the time, for how long ingest has committed nothing.
    """
    try:
        ready = await _is_ready(http, url)
        async with http.get(urljoin(url, "metrics"), timeout=_TIMEOUT) as answer:
            values = read_metrics(await answer.text(), now) if answer.status == _OK else {}
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError, AttributeError):
        return IngestAnswer()
    return IngestAnswer(ready, values)


async def _is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    async with http.get(url, timeout=_TIMEOUT) as answer:
        if answer.status == _OK:
            return True
        missing = (await answer.json()).get("missing", {})
        return set(missing) == {"database"}


def read_metrics(text: str, now: datetime) -> dict[str, float]:
    """Return what the rulebook judges of ingest's metrics.

    Raises:
        ValueError: it is not the text of Prometheus.
    """
    shown: dict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.startswith(_PREFIX):
                shown[sample.name.removeprefix(_PREFIX)] += sample.value
    values = {f"ingest_{name}": shown[name] for name in _COPIED if name in shown}
    if "records_rejected_total" in shown:
        values["ingest_dead_letters"] = shown["records_rejected_total"]
    committed_at = shown.get("last_commit_timestamp_seconds", 0.0)
    if committed_at > 0:
        waits = shown.get("messages_in_flight", 0.0) > 0
        lag = now.timestamp() - committed_at if waits else 0.0
        values["ingest_lag_seconds"] = max(0.0, lag)
    return values
