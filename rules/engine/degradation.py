"""Degradation: links that work badly, told by the probes that they lose."""

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Final

from rules.engine.network import Candidate, Network
from rules.engine.watch import LOSSES, Watched

BAD: Final = 0.032
"""Mean share of lost probes, over the last reports, of a link that is degraded."""
VERY_BAD: Final = 0.06
"""The same over a few reports, for losses that nobody needs ten minutes to believe."""
ELEVATED: Final = 0.018
"""Loss above this is no proof, but bears out that of a neighbour."""
GOOD: Final = 0.015
"""Below this it is well again."""
_FEW: Final = 6
_SHARE: Final = 0.7
"""Share of a candidate's probes that are bad, if it is the cause."""
ALONE_SECONDS: Final = 300.0
"""How long one probe waits for others before it stands for its link alone."""


def judge(watched: Watched, now: float) -> None:
    """Note whether a device's link is bad, with different limits for turning bad and good."""
    losses = watched.losses
    if len(losses) < _FEW:
        return
    last = list(losses)
    if watched.bad_since is None:
        # Bad on the whole, and not getting well: the old reports of a fault that is over count no
        # more.
        lately = fmean(last[-2 * _FEW :]) >= ELEVATED
        whole = len(last) == LOSSES and fmean(last) >= BAD and lately
        if whole or fmean(last[-_FEW:]) >= VERY_BAD:
            watched.bad_since = now
    elif fmean(last[-2 * _FEW :]) < GOOD:
        watched.bad_since = None


def is_elevated(watched: Watched) -> bool:
    """Whether a device loses more than links do of themselves."""
    last = list(watched.losses)[-2 * _FEW :]
    return len(last) >= _FEW and fmean(last) >= ELEVATED


def is_well(watched: Watched) -> bool:
    """Whether a device's link has been good for a dozen reports."""
    last = list(watched.losses)[-2 * _FEW :]
    return watched.bad_since is None and (not last or fmean(last) < GOOD)


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
        if now - (watched.bad_since or now) >= ALONE_SECONDS:
            nearest = min(network.of_device[code], key=lambda each: len(each.devices))
            found.append((nearest, (code,)))
    return found


def _best(
    left: Mapping[str, Watched], network: Network, watch: Mapping[str, Watched]
) -> tuple[Candidate, tuple[str, ...]] | None:
    best: tuple[Candidate, tuple[str, ...]] | None = None
    touched = {each.name: each for code in left for each in network.of_device[code]}
    for candidate in touched.values():
        probes = [code for code in candidate.devices if watch[code].losses]
        members = tuple(sorted(code for code in probes if code in left or is_elevated(watch[code])))
        few = len(members) < 2 or len(members) < _SHARE * len(probes)  # noqa: PLR2004 - one has nothing in common
        if candidate.power or few:
            continue
        rank = (len(members), -len(candidate.devices))
        if best is None or rank > (len(best[1]), -len(best[0].devices)):
            best = (candidate, members)
    return best
