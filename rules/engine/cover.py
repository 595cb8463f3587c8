"""The cover: the few causes that together explain what is silent, the best one first."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from rules.engine.evidence import (
    BIG,
    LONE_SILENCES,
    LOST_REPORTS,
    Background,
    Finding,
    symptom,
    weigh,
)
from rules.engine.network import Network
from rules.engine.watch import Watch, Watched

_MOST: Final = 40
_RECENT_SECONDS: Final = 300.0


class Cover:
    """Looks for causes.

    Args:
        network: what could fail.
        watch: what is known of the devices.
    """

    def __init__(self, network: Network, watch: Watch) -> None:
        self._network = network
        self._watch = watch

    def find(self, unexplained: Iterable[Watched], now: float, noise: float) -> list[Finding]:
        """Return the causes that explain these devices' symptoms, each more likely than chance.

        Big causes are looked for against the noise of the last minute, which they themselves
        have not had the time to raise; small ones, which noise can imitate, against that of the
        moment too, without what big ones explain.

        Args:
            unexplained: devices that something may be wrong with.
            now: when.
            noise: share of devices overdue for no known cause, of late.
        """
        left = {watched.code: watched for watched in unexplained}
        usual = Background(max(LOST_REPORTS, noise))
        found = self._greedy(left, now, lambda _: usual, least=BIG)
        found += self._greedy(
            left, now, lambda size: self._background(left, now, size, noise), least=2
        )
        return found

    def _greedy(
        self,
        left: dict[str, Watched],
        now: float,
        background: Callable[[int], Background],
        least: int,
    ) -> list[Finding]:
        found: list[Finding] = []
        while left and len(found) < _MOST:
            best = self._best(left, now, background, least)
            if best is None:
                break
            found.append(best)
            for code in best.devices:
                left.pop(code, None)
        return found

    def _best(
        self,
        left: Mapping[str, Watched],
        now: float,
        background: Callable[[int], Background],
        least: int,
    ) -> Finding | None:
        touched: dict[str, list[Watched]] = defaultdict(list)
        for watched in left.values():
            for candidate in self._network.of_device[watched.code]:
                if len(candidate.devices) >= least:
                    touched[candidate.name].append(watched)
        best: Finding | None = None
        for name, devices in touched.items():
            if len(devices) < 2:  # noqa: PLR2004 - one alone proves nothing
                continue
            noise = background(len(devices))
            symptoms = [found for each in devices if (found := symptom(each, now, noise))]
            candidate = self._network.candidates[name]
            window = 1.25 * min(each.interval for each in devices)
            finding = weigh(candidate, symptoms, self._watch.of, window)
            if finding is not None and _is_better(finding, best):
                best = finding
        return best

    def _background(
        self, left: Mapping[str, Watched], now: float, own: int, noise: float
    ) -> Background:
        """Return the noise of the moment, without the devices that are being judged."""
        total = max(1, len(self._watch.of) - own)
        silent = [watched for watched in left.values() if watched.overdue]
        lost = max(0, len(silent) - own) / total
        recent = sum(
            watched.misses(now) > 1 and now - (watched.last_at or 0) < _RECENT_SECONDS
            for watched in silent
        )
        lone = max(0, recent - own) / total / _RECENT_SECONDS
        return Background(max(LOST_REPORTS, noise, lost), max(LONE_SILENCES, lone))


def _is_better(one: Finding, other: Finding | None) -> bool:
    if other is None:
        return True
    # Of two that explain the same, the smaller has fewer ways to be wrong.
    return (one.score, -len(one.candidate.devices)) > (other.score, -len(other.candidate.devices))
