"""Evidence: how much more likely it is that a candidate failed than that chance did all of it.

A device alone falls silent now and then, and one report now and then gets lost; so silence is
worth the logarithm of one over that chance. A candidate's score adds what its silent devices are
worth, takes away what those are worth that were heard after the fault must have begun, and adds
the logarithm of how likely such a fault is at any moment.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from rules.engine.network import Candidate
from rules.engine.watch import LATE, SPREAD, Watched

THRESHOLD: Final = math.log(20)
"""A score above this is a posterior of 0.95."""

BIG: Final = 12
"""A cause of as many devices is looked for before the noise is measured: what it explains is no
noise."""
BIG_THRESHOLD: Final = THRESHOLD + 5
"""It shows in a fraction of an interval, and costs little to wait for: the first few devices alone
might be silent for another cause beside it."""

LONE_SILENCES: Final = 0.35 / 86_400
"""How often a device falls silent by itself, a second."""
_LONG: Final = 5
"""Missed reports that no stall lasts for."""
_LONG_SHARE: Final = 1 / 7
"""Share of silences that last longer: crashes, lost power."""
LOST_REPORTS: Final = 0.005
"""Share of reports that get lost."""
_LONE_GASPS: Final = 0.02 / 86_400
"""How often a device alone loses its power and says so."""
_FALSE_BATTERY: Final = 1e-4
"""How often a device says that it is on battery although its feeder is well, a report."""
_SURVIVES: Final = 0.06
"""Share of devices that live through a fault above them, or that the inventory misplaces."""
_SURVIVES_POWER: Final = 0.25
"""The same of a power fault, for devices that do not say what feeds them."""
_GASPING: Final = 0.3
"""Share of devices without a battery that gasp at least, when the mains of all of them fail. Where
some gasp, those that do not speak against it: one gasp among forty is one device's own."""
_LATENCY: Final = 2.0
"""Seconds that a message may take; what was received a moment after the fault was sent before."""

CONTRADICTION: Final = -math.log(_SURVIVES)
_POWER_CONTRADICTION: Final = -math.log(_SURVIVES_POWER)
_MUTE: Final = math.log(1 - _GASPING)


@dataclass(frozen=True, slots=True)
class Background:
    """How noisy the present is.

    Attributes:
        lost: share of reports that get lost.
        lone: how often a device falls silent by itself, a second.
    """

    lost: float = LOST_REPORTS
    lone: float = LONE_SILENCES


@dataclass(slots=True)
class Symptom:
    """What a device has to say in favour of a fault above it.

    Attributes:
        earliest: a fault that explains it began no earlier.
        latest: and no later.
        network: what it is worth for a fault of the network, in nats.
        power: what it is worth for a fault of the mains.
        gasp: it is a last message.
    """

    device: str
    earliest: float
    latest: float
    network: float
    power: float
    gasp: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """How well a candidate explains the symptoms.

    Attributes:
        began_at: the latest that it can have begun, if it is the cause.
        first_at: the earliest.
        onset: about when it did.
        devices: whose symptoms it explains.
    """

    candidate: Candidate
    score: float
    began_at: float
    first_at: float
    devices: tuple[str, ...]
    onset: float


def symptom(watched: Watched, now: float, background: Background) -> Symptom | None:
    """Return what a device's silence, gasp or battery is worth; None if nothing."""
    interval = watched.interval
    window = LATE * interval
    if watched.gasped_at is not None:
        worth = -math.log(_LONE_GASPS * window)
        said_at = watched.gasped_at
        return Symptom(watched.code, said_at - _LATENCY, said_at, 0.0, worth, gasp=True)
    last_at = watched.last_at
    gone = watched.gone_at is not None
    if (watched.overdue or gone) and last_at is not None and now >= watched.excused_until:
        misses = watched.misses(now)
        lone = background.lone * (1.0 if misses < _LONG else _LONG_SHARE)
        # A lost report ends no session: between reports a device pings.
        chance = lone * window + (0.0 if gone else background.lost**misses)
        worth = -math.log(min(1.0, chance))
        latest = last_at + SPREAD * interval
        # A battery outlasts the moment in which the mains fail: its device's silence is for
        # another cause.
        return Symptom(watched.code, last_at, latest, worth, 0.0 if watched.ups else worth)
    if watched.battery_since is not None:
        worth = -math.log(_FALSE_BATTERY)
        since = watched.battery_since
        return Symptom(watched.code, since - SPREAD * interval, since, 0.0, worth)
    return None


def bound(candidate: Candidate, symptoms: Iterable[Symptom], window: float) -> float:
    """Return a score that a candidate cannot pass: what speaks against it is left out."""
    prior = math.log(candidate.per_second * window)
    if candidate.power:
        return prior + sum([item.power for item in symptoms])
    return prior + sum([item.network for item in symptoms])


def least_score(candidate: Candidate) -> float:
    """Return the score above which a candidate is believed."""
    return THRESHOLD if len(candidate.devices) < BIG else BIG_THRESHOLD


def weigh(
    candidate: Candidate,
    symptoms: Sequence[Symptom],
    watch: Mapping[str, Watched],
    window: float,
) -> Finding | None:
    """Return how well a candidate explains the symptoms of its devices; None if it does not.

    Args:
        candidate: what may have failed.
        symptoms: of its devices, those that nothing explains yet.
        watch: all devices.
        window: seconds within which faults are told apart.
    """
    least = least_score(candidate)
    if bound(candidate, symptoms, window) <= least:
        return None
    prior = math.log(candidate.per_second * window)
    helpful = [item for item in symptoms if (item.power if candidate.power else item.network) > 0]
    begun = _Running(
        (item.earliest, item.power if candidate.power else item.network) for item in helpful
    )
    over = _Running(
        (item.latest, item.power if candidate.power else item.network) for item in helpful
    )
    fits = [
        (prior + begun.until(moment) - over.before(moment), moment)
        for moment in sorted({item.latest for item in helpful})
    ]
    # Most of what fell silent did so at other times: no need to ask who was heard since.
    fits = [(score, moment) for score, moment in fits if score > least]
    if not fits:
        return None
    named = {item.device for item in symptoms}
    allowed = max(score for score, _ in fits) - least
    if _is_contradicted(candidate, named, watch, fits[-1][1] + _LATENCY, allowed):
        return None
    later = sorted(item.earliest for item in symptoms)
    others = [watch[code] for code in candidate.devices if code not in named]
    against = _against(candidate, others, fits[0][1] + _LATENCY)
    best_at, best = None, least
    for fit, began_at in fits:
        after = began_at + _LATENCY
        # Silent too, but heard after this fault must have begun: it speaks against it.
        contradicting = len(later) - bisect_right(later, after)
        score = fit - contradicting * CONTRADICTION - against.after(after)
        if score > best and candidate.power:
            score += _muteness(helpful, others, began_at)
        if score > best:
            best_at, best = began_at, score
    if best_at is None:
        return None
    fitting = [item for item in helpful if item.earliest <= best_at <= item.latest]
    if not fitting:
        return None
    first_at = max(*(item.earliest for item in fitting), _last_heard(candidate, others, best_at))
    devices = tuple(item.device for item in fitting)
    first_at = min(first_at, best_at)
    # Between the last report that came and the first that did not. Of many devices one was heard
    # just before.
    gap = min((best_at - first_at) / 2, window / LATE / (len(candidate.devices) + 1))
    return Finding(candidate, best, best_at, first_at, devices, first_at + gap)


class _Running:
    """Sums of values up to a moment.

    Args:
        values: when each counts from, and how much.
    """

    def __init__(self, values: Iterable[tuple[float, float]]) -> None:
        pairs = sorted(values)
        self._times = [at for at, _ in pairs]
        self._sums = [0.0, *accumulate([value for _, value in pairs])]

    def until(self, at: float) -> float:
        """Return the sum of all up to a moment, itself included."""
        return self._sums[bisect_right(self._times, at)]

    def before(self, at: float) -> float:
        """Return the sum of all before a moment."""
        return self._sums[bisect_left(self._times, at)]

    def after(self, at: float) -> float:
        """Return the sum of all after a moment."""
        return self._sums[-1] - self.until(at)


def _is_contradicted(
    candidate: Candidate,
    named: Collection[str],
    watch: Mapping[str, Watched],
    latest: float,
    allowed: float,
) -> bool:
    """Whether devices heard after the latest moment alone are worth more than is allowed.

    Of something that did not fail nearly every device is: a few are enough to know.
    """
    for code in candidate.devices:
        last_at = watch[code].last_at
        if last_at is not None and last_at > latest and code not in named:
            allowed -= contradiction(candidate, watch[code])
            if allowed < 0:
                return True
    return False


def contradiction(candidate: Candidate, watched: Watched) -> float:
    """Return what it is worth that a device was heard after the fault must have begun."""
    if not candidate.power:
        return CONTRADICTION
    if watched.battery_since is not None:
        return 0.0
    # Only a device with a battery that does not say what feeds it may well live on.
    tells = not watched.ups or watched.tells_power
    return CONTRADICTION if tells else _POWER_CONTRADICTION


def _against(candidate: Candidate, others: Iterable[Watched], first: float) -> _Running:
    """Return what devices are worth that were heard after `first`, by when they were.

    What is not due yet, or not known, is neither for nor against.
    """
    return _Running(
        (watched.last_at, contradiction(candidate, watched))
        for watched in others
        if watched.last_at is not None and watched.last_at > first
    )


def _last_heard(candidate: Candidate, others: Iterable[Watched], began_at: float) -> float:
    """Return when the last of the devices was heard that are not due yet: it had not begun."""
    return max(
        (
            watched.last_at
            for watched in others
            if watched.last_at is not None
            and watched.last_at <= began_at
            and not (candidate.power and watched.ups)
        ),
        default=0.0,
    )


def _muteness(helpful: Iterable[Symptom], others: Iterable[Watched], began_at: float) -> float:
    """Return what the others' lack of gasps is worth, where some gasped."""
    if any(item.gasp and item.earliest <= began_at <= item.latest for item in helpful):
        return sum(not watched.ups for watched in others) * _MUTE
    return 0.0
