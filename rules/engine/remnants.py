"""Remnants: what stays silent when most of an outage is over, judged as a set of its own.

That its devices fell silent together proves nothing any more: the outage that is over did that.
What counts is that they stay silent together, while others that were down with them are heard.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rules.engine.evidence import CONTRADICTION, THRESHOLD, contradiction
from rules.engine.network import Candidate, Network, feeds
from rules.engine.watch import Watched
from rules.model import Incident

_STAYS_SILENT: Final = 0.02
"""Share of devices at least that do not come back from an outage for a reason of their own."""
_PRIOR: Final = math.log(0.01)
"""How often a thing stays down although what was down above it is back, as a logarithm."""
LONG: Final = 5
"""Missed reports that no stall lasts for."""
_MOST: Final = 40
_EQUAL: Final = math.log(3)
"""As in the cover: scores no further apart are equal."""


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something that is still down, and the devices whose silence shows it."""

    candidate: Candidate
    devices: tuple[str, ...]
    score: float


class Remnants:
    """Judges what remains of outages.

    Args:
        network: what could still be down.
        watched: what is known of the devices.
    """

    def __init__(self, network: Network, watched: Mapping[str, Watched]) -> None:
        self._network = network
        self._watched = watched

    def find(self, incident: Incident, now: float) -> list[Remnant]:
        """Return the few causes that explain what is silent of an outage, the best one first.

        Its own cause may be among them, while too little of it is back to refute it.
        """
        members = incident.founders | incident.members
        left = self.silent_of(incident)
        return self.judge(left, len(members), now, power=feeds(incident.root_kind))

    def silent_of(self, incident: Incident) -> set[str]:
        """Return the devices of an outage that are not back."""
        codes = incident.founders | incident.members
        silent = {code for code in codes if self._watched[code].explained_by == incident.name}
        return silent - incident.back.keys()

    def judge(
        self, left: Collection[str], members: int, now: float, *, power: bool = False
    ) -> list[Remnant]:
        """Return what explains that these of so many devices stay silent, the best cause first."""
        found: list[Remnant] = []
        if len(left) > 1:
            heard = {code for code, watched in self._watched.items() if _is_heard(watched, now)}
        while len(left) > 1 and len(found) < _MOST:
            best = self._best(left, members, heard, power=power)
            if best is None:
                break
            found.append(best)
            left = set(left).difference(best.devices, self._out_of_battery(best.candidate))
        return found

    def _out_of_battery(self, candidate: Candidate) -> frozenset[str]:
        """Return devices whose silence a power failure explains by and by, and proves nothing."""
        if not candidate.power:
            return frozenset()
        return candidate.devices | self._network.behind_power(candidate.root)

    def _best(
        self, left: Collection[str], members: int, heard: set[str], *, power: bool
    ) -> Remnant | None:
        touched: dict[str, list[str]] = defaultdict(list)
        for code in sorted(left):
            for candidate in self._network.of_device[code]:
                if power or not candidate.power:
                    touched[candidate.name].append(code)
        found = []
        for name, codes in touched.items():
            # Alone, nobody proves anything; and those beside it say how many stay silent anyway.
            others = (len(left) - len(codes)) / max(1, members - len(codes))
            worth = -math.log(min(1.0, max(_STAYS_SILENT, others)))
            if len(codes) > 1 and _PRIOR + worth * len(codes) > THRESHOLD:
                made = self._weigh(self._network.candidates[name], codes, worth, heard)
                if made.score > THRESHOLD:
                    found.append(made)
        highest = max((each.score for each in found), default=0.0)
        equal = [each for each in found if each.score >= highest - _EQUAL]
        return min(equal, key=_size_and_score, default=None)

    def _weigh(
        self, candidate: Candidate, codes: Iterable[str], worth: float, heard: set[str]
    ) -> Remnant:
        telling = [code for code in codes if _speaks_for(candidate, self._watched[code])]
        against = (candidate.devices & heard).difference(telling)
        score = _PRIOR + worth * len(telling)
        if candidate.power:
            score -= sum(contradiction(candidate, self._watched[code]) for code in against)
        else:
            score -= CONTRADICTION * len(against)
        return Remnant(candidate, tuple(telling), score)


def within(candidate: Candidate, links: Collection[str], network: Network) -> Candidate:
    """Return a candidate without those of its roots that take more than these links.

    Nothing tells a village whose only device on a link is silent from that link.
    """
    narrow = tuple(
        root
        for root in candidate.root
        if network.impact(replace(candidate, root=(root,)))[0].issubset(links)
    )
    return replace(candidate, root=narrow) if narrow else candidate


def _speaks_for(candidate: Candidate, watched: Watched) -> bool:
    """Whether a device that is not back as it was speaks for a cause.

    A battery outlives the mains, so its device's silence speaks for power only after it said that
    it is on battery; one that goes on with it has a network.
    """
    if candidate.power:
        return not watched.ups or watched.battery_since is not None
    return watched.overdue or watched.gone_at is not None


def _is_heard(watched: Watched, now: float) -> bool:
    """Whether a device is up, or was until now: that it is late may be its own."""
    late = watched.explained_by is None and watched.misses(now) < LONG
    return watched.is_known and (late or not watched.overdue)


def _size_and_score(remnant: Remnant) -> tuple[int, float, str]:
    return len(remnant.candidate.devices), -remnant.score, remnant.candidate.name
