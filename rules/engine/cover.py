"""The cover: the few causes that together explain what is silent, the best one first."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rules.engine.evidence import (
    BIG,
    LONE_SILENCES,
    LOST_REPORTS,
    Background,
    Finding,
    Symptom,
    bound,
    least_score,
    symptom,
    weigh,
)
from rules.engine.network import Candidate, Network
from rules.engine.watch import LATE, Watch, Watched

_MOST: Final = 40
LONE_SECONDS: Final = 600.0
"""How far back lone silences are counted."""
_MOST_LOST: Final = 2
"""So many reports in a row may get lost, with some thousand devices and a storm."""
_MOST_WORTH: Final = 15.0
"""No symptom is worth more, in nats."""
_DOUBTFUL: Final = 0.8
"""A cause with less than this share of what its symptoms are worth has much against it."""
_SIZES: Final = (2, 3, 4, 5, 7, 10, 15, 30, 100, 1000)
"""Sizes of causes that are told apart where noise is measured without their devices."""
_USUAL_COUNT: Final = 2.0
"""As many silences as usual are taken to have been seen before: a few more prove no storm."""
_EQUAL: Final = math.log(3)
"""Scores no further apart are equal: how often a kind of thing fails is known no better."""

_Backgrounds = Callable[[int], Background]
"""The noise against which a cause of so many silent devices is judged."""

_Promise = tuple[float, Candidate, list[Symptom], float]
"""The most that a cause's score can be; the cause, its symptoms, and seconds of a moment."""


@dataclass(frozen=True, slots=True)
class Noise:
    """How noisy it was of late.

    Attributes:
        share: of devices overdue for no known cause.
        lone: when devices came back that had been silent by themselves.
    """

    share: float = 0.0
    lone: Sequence[float] = ()


def is_gone(watched: Watched, now: float) -> bool:
    """Whether a device's silence is more than lost reports."""
    return watched.gone_at is not None or watched.misses(now) > _MOST_LOST


class Cover:
    """Looks for causes.

    Args:
        network: what could fail.
        watch: what is known of the devices.
    """

    def __init__(self, network: Network, watch: Watch) -> None:
        self._network = network
        self._watch = watch

    def find(self, unexplained: Iterable[Watched], now: float, noise: Noise) -> list[Finding]:
        """Return the causes that explain these devices' symptoms, each more likely than chance.

        Big causes are looked for against the noise of the last minute, which they themselves
        have not had the time to raise; small ones, which noise can imitate, against that of the
        moment too, without what big ones explain. What a small cause explains better than a big
        one is not the big one's.

        Args:
            unexplained: devices that something may be wrong with.
            now: when.
            noise: of late.
        """
        left = {watched.code: watched for watched in unexplained}
        usual = Background(max(LOST_REPORTS, noise.share))
        touched = _touched(left, self._network)
        first = _Greedy(self._network, self._watch, dict(left), dict(touched), now)
        found = first.run(lambda _: usual, BIG)
        big = [finding for finding in found if len(finding.candidate.devices) >= BIG]
        for finding in big:
            for code in finding.devices:
                del left[code]
        second = _Greedy(self._network, self._watch, left, touched, now)
        return big + second.run(self._moment(left, now, noise))

    def _moment(self, left: Mapping[str, Watched], now: float, noise: Noise) -> _Backgrounds:
        """Return the noise of the moment, without the devices that are being judged.

        What is found meanwhile leaves `left`, and is no noise any more.
        """
        everybody = len(self._watch.of)
        counted = (-1, 0, 0)

        def background(own: int) -> Background:
            nonlocal counted
            if counted[0] != len(left):
                counted = (len(left), *_count(left, now))
            _, silent, recent = counted
            total = max(1, everybody - own)
            lost = max(0, silent - own) / total
            count = _USUAL_COUNT + len(noise.lone) + max(0, recent - own)
            lone = count / (_USUAL_COUNT / LONE_SILENCES + total * LONE_SECONDS)
            return Background(max(LOST_REPORTS, noise.share, lost), max(LONE_SILENCES, lone))

        return background


def _count(left: Mapping[str, Watched], now: float) -> tuple[int, int]:
    """Return how many are silent, and how many of them for more than a lost report, lately."""
    silent = [watched for watched in left.values() if watched.overdue]
    recent = sum(
        now - (watched.last_at or 0) < LONE_SECONDS and is_gone(watched, now) for watched in silent
    )
    return len(silent), recent


class _Greedy:
    """Takes the best cause, what it explains away, and looks for the next."""

    def __init__(
        self,
        network: Network,
        watch: Watch,
        left: dict[str, Watched],
        touched: dict[str, list[str]],
        now: float,
    ) -> None:
        self._network = network
        self._watch = watch
        self._left = left
        self._now = now
        self._touched = touched
        self._told: dict[Background, _Symptoms] = {}

    def run(self, background: _Backgrounds, wanted: int = 0) -> list[Finding]:
        """Return what is found, until none of so many devices is left; its devices leave `left`."""
        found: list[Finding] = []
        while self._left and len(found) < _MOST:
            promising = self._promising(background, wanted)
            best = self._best(promising)
            if best is None:
                break
            if wanted:
                # A smaller cause may be better still, if it has silenced enough for that.
                promising = self._promising(background, 0, best.score - _EQUAL)
                best = self._best(promising) or best
            most = next(each[0] for each in promising if each[1] is best.candidate)
            if best.score < _DOUBTFUL * most:
                best = self._narrower(best, background) or best
            found.append(best)
            for code in best.devices:
                self._left.pop(code, None)
        return found

    def _narrower(self, wide: Finding, background: _Backgrounds) -> Finding | None:
        """Return the best of several causes below a wide one that together explain more than it.

        Much of what it should have silenced was heard: where the inventory has wrong edges, one
        narrow cause explains too little, and the next wider one seems better than it is.
        """
        left = {code: self._left[code] for code in wide.devices}
        candidates = self._network.candidates
        touched = {
            name: codes
            for name, codes in self._touched.items()
            if len(candidates[name].devices) < len(wide.candidate.devices)
        }
        parts = _Greedy(self._network, self._watch, left, touched, self._now).run(background)
        return parts[0] if sum(part.score for part in parts) > wide.score else None

    def _best(self, promising: Iterable[_Promise]) -> Finding | None:
        found: list[Finding] = []
        highest = 0.0
        for most, candidate, symptoms, window in promising:
            if most < highest - _EQUAL:
                break
            finding = weigh(candidate, symptoms, self._watch.of, window)
            if finding is not None:
                found.append(finding)
                highest = max(highest, finding.score)
        equal = [finding for finding in found if finding.score >= highest - _EQUAL]
        # Of those that explain the same, the smallest has the fewest ways to be wrong.
        return min(equal, key=_size_and_score, default=None)

    def _promising(
        self, background: _Backgrounds, least: int = 0, above: float = 0.0
    ) -> list[_Promise]:
        """Return the causes that may be believed, the most promising first.

        Most of them need never be weighed: none of them can be better than one before.
        """
        sized: dict[int, _Symptoms] = {}
        found = []
        for name, codes in list(self._touched.items()):
            candidate = self._network.candidates[name]
            if len(candidate.devices) < least or len(codes) * _MOST_WORTH < above:
                continue
            devices = [code for code in codes if code in self._left]
            if len(devices) < 2:  # noqa: PLR2004 - one alone proves nothing
                del self._touched[name]
                continue
            self._touched[name] = devices
            own = _SIZES[bisect_right(_SIZES, len(devices)) - 1]
            if own not in sized:
                sized[own] = self._symptoms(background(own))
            told = sized[own]
            symptoms = [each for code in devices if (each := told[code]) is not None]
            window = LATE * min([self._left[code].interval for code in devices])
            most = bound(candidate, symptoms, window)
            if most > least_score(candidate):
                found.append((most, candidate, symptoms, window))
        found.sort(key=lambda each: (-each[0], each[1].name))
        return found

    def _symptoms(self, background: Background) -> "_Symptoms":
        """Return the symptoms against a background; many causes are judged against the same."""
        told = self._told.get(background)
        if told is None:
            told = self._told[background] = _Symptoms(self._left, self._now, background)
        return told


def _touched(left: Iterable[str], network: Network) -> dict[str, list[str]]:
    """Return the causes that would silence two of these devices at least, with those devices."""
    touched: dict[str, list[str]] = defaultdict(list)
    for code in left:
        for candidate in network.of_device[code]:
            touched[candidate.name].append(code)
    # One alone proves nothing.
    return {name: codes for name, codes in touched.items() if len(codes) > 1}


class _Symptoms(dict[str, Symptom | None]):
    """The symptoms of devices against one background, each told once."""

    def __init__(self, left: Mapping[str, Watched], now: float, background: Background) -> None:
        super().__init__()
        self._left = left
        self._now = now
        self._background = background

    def __missing__(self, code: str) -> Symptom | None:
        told = self[code] = symptom(self._left[code], self._now, self._background)
        return told


def _size_and_score(finding: Finding) -> tuple[int, float, str]:
    return len(finding.candidate.devices), -finding.score, finding.candidate.name
