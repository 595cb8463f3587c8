"""Impacts: what an incident does to each village, from one step to the next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from rules.incidents.geography import Geography
from rules.incidents.record import IncidentRecord, LinkImpact, Status, VillageImpact
from rules.model import VillageState


@dataclass(frozen=True, slots=True)
class Impairment:
    """What a step of an incident says that it impairs.

    Attributes:
        cuts_off: links of it are down; else they are only bad.
        end: when all of that ended; None while it lasts.
    """

    at: float
    onset: float
    root: tuple[str, ...]
    villages: tuple[str, ...]
    links: tuple[str, ...]
    planned: bool
    cuts_off: bool
    end: float | None


_Impact = TypeVar("_Impact", VillageImpact, LinkImpact)


def villages_after(
    geography: Geography, before: IncidentRecord | None, step: Impairment
) -> tuple[VillageImpact, ...]:
    """Return the impacts on villages after a step, sorted; see `_after`."""
    known = {impact.village: impact for impact in before.impacts} if before else {}
    impacts = _after(
        before,
        known,
        step,
        step.villages,
        lambda code, since: _impact(geography, step, code, since),
    )
    if _is_another_opinion(before, step):
        return impacts
    return tuple(_charged(known.get(each.village), each, step) for each in impacts)


def _charged(before: VillageImpact | None, after: VillageImpact, step: Impairment) -> VillageImpact:
    """Return an impact with what it cost before its share became another, or before it was over."""
    if before is None:
        return after
    if before.since != after.since:
        return replace(after, spent=before.cost(after.since))
    if (before.households, before.share) == (after.households, after.share):
        return replace(after, share_since=before.share_since, spent=before.spent)
    changed_at = step.at if after.until is None else after.until
    return replace(after, share_since=changed_at, spent=before.cost(changed_at))


def links_after(before: IncidentRecord | None, step: Impairment) -> tuple[LinkImpact, ...]:
    """Return the links that are or were down, after a step, sorted; see `_after`."""
    known = {impact.link: impact for impact in before.link_impacts} if before else {}
    return _after(before, known, step, step.links, LinkImpact)


def _after(
    before: IncidentRecord | None,
    known: Mapping[str, _Impact],
    step: Impairment,
    codes: Iterable[str],
    make: Callable[[str, float], _Impact],
) -> tuple[_Impact, ...]:
    """Return the impacts after a step.

    What joins later is impaired from when that was decided; what leaves keeps its row, with an
    end. Another root is another opinion of the same event: then it always was so.
    """
    again = before is not None and before.status is Status.CLEARED
    anew = before is None or again or _is_another_opinion(before, step)
    impacts = {}
    for code in codes:
        old = known.get(code)
        lasts = old is not None and old.until is None
        since = step.onset if anew else old.since if old is not None and lasts else step.at
        impacts[code] = make(code, since)
    for code, old in known.items():
        # What another root does not impair was never impaired; what is back is back.
        if code not in impacts and (again or not anew):
            impacts[code] = _ended(old, step.at)
    if step.end is not None:
        impacts = {code: _ended(each, step.end) for code, each in impacts.items()}
    return tuple(impacts[code] for code in sorted(impacts))


def _is_another_opinion(before: IncidentRecord | None, step: Impairment) -> bool:
    """Whether a step names another root of what goes on."""
    return before is not None and before.status is Status.OPEN and before.root != step.root


def _impact(geography: Geography, step: Impairment, village: str, since: float) -> VillageImpact:
    share = geography.share(village, step.links) if step.cuts_off else 0.0
    if step.cuts_off and village in step.root:
        # A village that is cut off as a whole has no link, whether or not one is known.
        share = 1.0
    state = VillageState.DARK if share >= 1 else VillageState.DEGRADED
    if step.planned:
        state = VillageState.MAINTENANCE
    return VillageImpact(village, geography.households(village), state, since, share=share)


def _ended(impact: _Impact, end: float) -> _Impact:
    if impact.until is not None:
        return impact
    return replace(impact, until=max(impact.since, end))
