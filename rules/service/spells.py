"""Spells of watching: when the rules were there and could see; all other time is unknown."""

from dataclasses import dataclass

from rules.store.changes import WatchChange

_SAY_EVERY = 60.0


@dataclass(slots=True)
class Watch:
    """What is remembered of the present spell; instants are seconds since 1970.

    Attributes:
        since: when it began; None while nothing is seen.
        said_at: when it was said last that it goes on.
    """

    since: float | None = None
    said_at: float = 0.0


def sees(watch: Watch, watcher: str, at: float) -> list[WatchChange]:
    """Note that we see; return what is to be written of it, once a minute."""
    if watch.since is None:
        watch.since, watch.said_at = at, 0.0
    if at - watch.said_at < _SAY_EVERY:
        return []
    watch.said_at = at
    return [WatchChange(watcher, watch.since, at)]


def blinded(watch: Watch, watcher: str, at: float) -> list[WatchChange]:
    """Note that we do not see from then on; return what is to be written of it."""
    if watch.since is None:
        return []
    since, watch.since = watch.since, None
    end = max(at, since)
    return [WatchChange(watcher, since, end, end)]
