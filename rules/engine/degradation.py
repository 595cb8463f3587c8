"""Degradation: links that work badly, told by the probes that they lose."""

from collections.abc import Iterable, Mapping
from typing import Final

from rules.engine.network import Candidate, Network
from rules.engine.watch import Watched

REFERENCE: Final = 0.02
"""Share of lost probes above which a report speaks for a link that is bad: half-way between what
good links lose, a hundredth at most, and the three that count as bad."""
BAD: Final = 0.2
"""What lost probes beyond the reference add up to when the link is bad: a mobile link in the
evening comes to 0.12 in a million reports."""
BAD_ALONE: Final = 0.35
"""The same where no neighbour bears it out."""
_MOST: Final = 0.5
"""More is not remembered."""
_WEIGHT: Final = 0.15
"""Of the last report in the running mean."""
ELEVATED: Final = 0.018
"""Mean loss above this is no proof, but bears out that of a neighbour."""
GOOD: Final = 0.015
"""Below this it is well again."""
_FEW: Final = 6
_SHARE: Final = 0.7
"""Share of a candidate's probes that are bad, if it is the cause."""
ALONE_SECONDS: Final = 300.0
"""How long one probe waits for others before it stands for its link alone."""


def measure(watched: Watched, loss: float, now: float) -> None:
    """Take a report's share of lost probes; note whether its link is bad.

    A cumulated sum: each report adds what it lost beyond the reference, and one that lost less
    takes away. Of all ways to find a lasting change it needs the fewest reports for as many false
    alarms.
    """
    watched.loss += _WEIGHT * (loss - watched.loss)
    watched.reports = min(_FEW, watched.reports + 1)
    excess = watched.excess + loss - REFERENCE
    watched.excess = 0.0 if excess < 0.0 else min(excess, _MOST)
    if watched.bad_since is None:
        if watched.excess >= BAD:
            watched.bad_since = now
    elif watched.loss < GOOD:
        watched.bad_since, watched.excess = None, 0.0


def is_elevated(watched: Watched) -> bool:
    """Whether a device loses more than links do of themselves."""
    return watched.reports >= _FEW and watched.loss >= ELEVATED


def is_well(watched: Watched) -> bool:
    """Whether a device's link has been good for some reports."""
    return watched.bad_since is None and watched.loss < GOOD


def find_common(
    bad: Iterable[Watched], network: Network, watch: Mapping[str, Watched], now: float
) -> list[tuple[Candidate, tuple[str, ...]]]:
    """Return what the bad links have in common: the smallest candidate that most of them share.

    A neighbour bears a bad link out by losses that would prove nothing alone. What nothing bears
    out is a link of its own, after a while.
    """
    left = {watched.code: watched for watched in bad}
    found = []
    while left:
        best = _best(left, network, watch)
        if best is None:
            break
        found.append(best)
        for code in best[1]:
            left.pop(code, None)
    for code, watched in left.items():
        if watched.excess >= BAD_ALONE and now - (watched.bad_since or now) >= ALONE_SECONDS:
            nearest = min(network.of_device[code], key=lambda each: (len(each.devices), each.name))
            found.append((nearest, (code,)))
    return found


def _best(
    left: Mapping[str, Watched], network: Network, watch: Mapping[str, Watched]
) -> tuple[Candidate, tuple[str, ...]] | None:
    best: tuple[Candidate, tuple[str, ...]] | None = None
    touched = {each.name: each for code in left for each in network.of_device[code]}
    for candidate in touched.values():
        probes = [code for code in candidate.devices if watch[code].reports]
        members = tuple(sorted(code for code in probes if code in left or is_elevated(watch[code])))
        few = len(members) < 2 or len(members) < _SHARE * len(probes)  # noqa: PLR2004 - one has nothing in common
        if candidate.power or few:
            continue
        rank = (len(members), -len(candidate.devices))
        if best is None or rank > (len(best[1]), -len(best[0].devices)):
            best = (candidate, members)
    return best
