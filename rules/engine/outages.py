"""Outages: from devices that fell silent together to incidents with a root."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from province import reasons
from province.devices import DeviceKind
from rules.engine.cover import LONE_SECONDS, Cover, Noise, is_gone
from rules.engine.evidence import BIG, THRESHOLD, Finding
from rules.engine.incidents import Incidents
from rules.engine.network import Candidate, Network
from rules.engine.recovery import Recovery
from rules.engine.state import State
from rules.engine.watch import Watch, Watched
from rules.model import Incident, IncidentClass

_NOISE_SECONDS: Final = 60.0
_SETTLED: Final = 2
"""How often a small cause is found before it is believed: twice, and then once more."""
_WEAK_SETTLED: Final = 8
"""The same where the case is weak: who is silent by chance speaks meanwhile."""
_STRONG: Final = THRESHOLD + 2
"""A score above this is no weak case."""
_PENDING_SECONDS: Final = 60.0
"""Longer than any two looks lie apart."""
_LONE_MISSES: Final = 20
"""Reports that the only device that tells of a node misses before its battery is taken to have
ended: books are back-dated, and it may have stalled."""
_OLD_INTERVALS: Final = 20.0
"""How long a silence may still turn out to be part of an outage."""
_MANY: Final = 1_000
"""So many silent devices are judged at every other look: that takes a tenth of a second each time,
and what they have in common was told long before."""
_SETTLE_SECONDS: Final = 10.0
"""At the very start nothing is judged for so long at least: devices are still on their way."""
_YOUNG_INTERVALS: Final = 4.0
"""How long a root may still be taken for another: until every device below it was due."""


class Outages:
    """Looks for outages and keeps their incidents.

    Args:
        state: of the engine.
        network: what could fail.
        watch: what is known of devices.
        incidents: where outages are opened and changed.
        recovery: ends them.
    """

    def __init__(
        self,
        state: State,
        network: Network,
        watch: Watch,
        incidents: Incidents,
        recovery: Recovery,
    ) -> None:
        self._state = state
        self._network = network
        self._watch = watch
        self._incidents = incidents
        self._recovery = recovery
        self._cover = Cover(network, watch)
        self._looked_at = state.watermark
        self._suspects = {code for code, watched in watch.of.items() if _is_suspect(watched)}

    def suspect(self, watched: Watched) -> None:
        """Look at a device that says that its power fails, or whose session was given up."""
        self._suspects.add(watched.code)

    def returned(self, watched: Watched, at: float) -> None:
        """Note that a device was heard again that had been silent for a reason of its own."""
        if watched.explained_by is None and at >= watched.excused_until and is_gone(watched, at):
            self._state.lone.append(at)

    def judge(self, now: float, interval: float) -> None:
        """Open, change, grow and clear outages."""
        of = self._watch.of
        self._suspects = {code for code in self._suspects if _is_suspect(of[code])}
        outages = self._outages()
        self._absorb(outages, now)
        unexplained = self._unexplained()
        self._smooth_noise(unexplained, now)
        pool = unexplained | {
            code
            for incident in outages
            if now - incident.onset < _YOUNG_INTERVALS * interval
            for code in incident.members
            if code not in incident.back
        }
        pool = {code for code in pool if not _is_old(of[code], now)}
        settled = max(_SETTLE_SECONDS, _YOUNG_INTERVALS * interval)
        takes_turns = len(pool) >= _MANY and self._state.looks % 2
        if len(pool) > 1 and now - self._state.started_at > settled and not takes_turns:
            devices = [of[code] for code in sorted(pool)]
            noise = Noise(self._state.noise, self._state.lone)
            self._reconcile(self._cover.find(devices, now, noise), now)
        for incident in self._outages():
            self._follow_power(incident, now)
            self._recovery.keep(incident, now, interval)
        self._recovery.judge_stragglers(now)

    def _smooth_noise(self, unexplained: set[str], now: float) -> None:
        share = len(unexplained & self._watch.overdue) / max(1, len(self._watch.of))
        weight = 1 - math.exp((self._looked_at - now) / _NOISE_SECONDS)
        self._state.noise += (share - self._state.noise) * weight
        self._looked_at = now
        if self._state.lone and now - self._state.lone[0] > LONE_SECONDS:
            self._state.lone = [at for at in self._state.lone if now - at <= LONE_SECONDS]

    def _outages(self) -> list[Incident]:
        return self._incidents.of_class(IncidentClass.OUTAGE)

    def _unexplained(self) -> set[str]:
        codes = self._watch.overdue | self._suspects
        return {code for code in codes if self._watch.of[code].explained_by is None}

    def _absorb(self, outages: Iterable[Incident], now: float) -> None:
        """Have open incidents explain what falls silent below them later."""
        left = self._unexplained()
        candidates = self._network.candidates
        known = [
            (incident, candidates[incident.candidate])
            for incident in outages
            if incident.candidate in candidates
        ]
        below = [(incident, candidate.devices) for incident, candidate in known]
        # Batteries end only where nothing nearer explains it.
        below += [(incident, self._fed_through(candidate)) for incident, candidate in known]
        for incident, devices in below:
            if not left:
                break
            silent = {code for code in left & devices if self._may_be_absorbed(code, incident, now)}
            self._recovery.parts.take_back(incident, silent, incident.fell_at)
            self._incidents.add_members(incident, silent)
            left -= silent

    def _may_be_absorbed(self, code: str, incident: Incident, now: float) -> bool:
        watched = self._watch.of[code]
        since = watched.gasped_at or watched.battery_since or watched.last_at or now
        fell_at = incident.onset
        if code in incident.released:
            # What was back may fail for another reason, unless more of it fell again.
            fell_at = incident.fell_at or math.inf
        return since >= fell_at - 2 * watched.interval

    def _fed_through(self, candidate: Candidate) -> frozenset[str]:
        """Return devices below nodes that a node of the power grid feeds: their batteries end."""
        if not candidate.power:
            return frozenset()
        return self._network.behind_power(candidate.root)

    def _reconcile(self, findings: Sequence[Finding], now: float) -> None:
        """Make findings into incidents: known ones, grown or with another root, or new ones."""
        open_ones = {incident.candidate: incident for incident in self._outages()}
        taken = {finding.candidate.name for finding in findings} & open_ones.keys()
        for finding in findings:
            incident = open_ones.get(finding.candidate.name)
            if incident is None:
                children = self._children(finding, taken)
                if not children:
                    self._open(finding, now)
                    continue
                incident, *rest = children
                taken.add(finding.candidate.name)
                self._incidents.change_root(incident, finding.candidate, finding.onset)
                for child in rest:
                    self._absorb_child(child, incident)
            self._recovery.parts.take_back(incident, finding.devices, finding.onset)
            new = [code for code in finding.devices if code not in incident.founders]
            self._incidents.add_founders(incident, new)
        self._incidents.merge_emptied()

    def _children(self, finding: Finding, taken: set[str]) -> list[Incident]:
        """Return incidents most of whose silent devices this finding explains, the oldest first.

        What has a finding of its own is an incident of its own.
        """
        explained = set(finding.devices)
        found = []
        for incident in self._outages():
            silent = incident.members - incident.back.keys()
            mostly = 2 * len(silent & explained) > len(silent)
            if incident.candidate not in taken and mostly:
                found.append(incident)
        return sorted(found, key=lambda incident: (incident.opened_at, incident.name))

    def _absorb_child(self, child: Incident, parent: Incident) -> None:
        founders = child.founders - child.released
        self._incidents.merge(child, parent)
        self._incidents.add_founders(parent, founders)

    def _open(self, finding: Finding, now: float) -> None:
        candidate = finding.candidate
        if len(candidate.devices) < BIG and not self._is_settled(finding, now):
            return
        reason = reasons.FELL_SILENT.say(devices=len(finding.devices), score=f"{finding.score:.1f}")
        self._incidents.open(
            IncidentClass.OUTAGE,
            candidate.name,
            candidate.root,
            finding.onset,
            reason,
            finding.devices,
            candidate.kind,
        )

    def _is_settled(self, finding: Finding, now: float) -> bool:
        """Whether a small cause was found at the looks before too: moments cost little."""
        candidate = finding.candidate
        count, _ = self._state.pending.get(candidate.name, (0, 0.0))
        self._state.pending[candidate.name] = (count + 1, now)
        self._state.pending = {
            name: (count, at)
            for name, (count, at) in self._state.pending.items()
            if now - at < _PENDING_SECONDS
        }
        return count >= (_SETTLED if finding.score > _STRONG else _WEAK_SETTLED)

    def _follow_power(self, incident: Incident, now: float) -> None:
        """Say which nodes fell when their batteries were empty, by what is silent below them."""
        candidate = self._network.candidates.get(incident.candidate)
        if candidate is None or not candidate.power:
            return
        for node in self._network.fed_nodes(candidate.root):
            devices = self._network.devices_below(node)
            outside = [code for code in devices if code not in candidate.devices]
            station = [
                code
                for code in devices
                if self._network.devices[code].kind is DeviceKind.BASE_STATION
            ]
            telling = [self._watch.of[code] for code in {*outside, *station}]
            # What another incident silenced says nothing of batteries.
            least = 1 if len(telling) > 1 else _LONE_MISSES
            gone = sum(
                watched.misses(now) > least and watched.explained_by == incident.name
                for watched in telling
            )
            if gone == len(telling) and (gone > 1 or station):
                # Between the last of them that was heard and the first that was not.
                last_at = max(watched.last_at or incident.onset for watched in telling)
                missed_at = min((each.last_at or now) + each.interval for each in telling)
                since = max(incident.onset, (last_at + max(last_at, missed_at)) / 2)
                self._incidents.grow(incident, self._network.links_below.get(node, ()), since)


def _is_old(watched: Watched, now: float) -> bool:
    """Whether its silence began so long ago that nothing new will be learned of it."""
    if watched.gasped_at is not None or watched.battery_since is not None:
        return False
    return now - (watched.last_at or now) > _OLD_INTERVALS * watched.interval


def _is_suspect(watched: Watched) -> bool:
    """Whether something may be wrong with a device that is not overdue yet."""
    return (
        watched.gasped_at is not None
        or watched.gone_at is not None
        or watched.battery_since is not None
    )
