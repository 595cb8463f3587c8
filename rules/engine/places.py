"""Places: what is held of villages and links, and what is said when it changes."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from rules.engine.incidents import Incidents
from rules.engine.links import UNHEARD, Hearing, fuse_links
from rules.engine.network import Network
from rules.engine.state import LinkHeld, State, VillageHeld
from rules.engine.villages import fuse_villages
from rules.engine.voice import Voice
from rules.model import LinkNotice, LinkState, VillageNotice, VillageState

EVERY = "*"
"""Stands for the code of each village, or link."""
_SLACK_SECONDS = 1.0

Held = TypeVar("Held", VillageHeld, LinkHeld)


class Places:
    """Keeps the books of villages and links.

    Args:
        state: of the engine.
        network: what there is.
        incidents: what impairs it.
        hearing: of which links anything is known.
        voice: says what changes.
    """

    def __init__(
        self,
        state: State,
        network: Network,
        incidents: Incidents,
        hearing: Hearing,
        voice: Voice,
    ) -> None:
        self._state = state
        self._network = network
        self._incidents = incidents
        self._hearing = hearing
        self._voice = voice

    def begin(self, now: float) -> None:
        """Hold everything to be unknown until it is heard."""
        self._hearing.begin(now)
        self._state.links = dict(self._state.unknown)
        self._state.villages = {
            village: VillageHeld(VillageState.UNKNOWN, now, "unknown")
            for village in self._network.villages
        }
        self._say_all(VillageState.UNKNOWN, LinkState.UNKNOWN, now, "unknown")

    def forget_gone(self, reason: str) -> None:
        """Say once that nothing is known of what is no longer there, and hold nothing of it."""
        network, state, now = self._network, self._state, self._state.watermark
        for link in sorted(state.links.keys() - network.links.keys()):
            del state.links[link]
            self._say_link(link, LinkHeld(LinkState.UNKNOWN, now, reason))
        for village in sorted(state.villages.keys() - network.villages.keys()):
            del state.villages[village]
            self._say_village(village, VillageHeld(VillageState.UNKNOWN, now, reason))
        for link in state.unknown.keys() - network.links.keys():
            del state.unknown[link]

    def tell_blind(self, since: float, incident: str | None) -> None:
        """Say once that nothing can be seen."""
        if not self._state.blind:
            self._state.blind = True
            self._say_all(VillageState.UNKNOWN, LinkState.STALE, since, "pipeline", incident)

    def tell(self, now: float) -> None:
        """Say what is held now and was not before."""
        if self._state.blind:
            self._see_again(now)
        if self._hearing.look(now) or self._incidents.changed:
            incidents = self._state.incidents.values()
            links = {**self._state.unknown, **fuse_links(incidents)}
            villages = {**self._unknown_villages(links), **fuse_villages(incidents, self._network)}
            self._tell_links(links)
            self._tell_villages(villages)
            self._incidents.changed = False
            self._incidents.ends.clear()

    def _see_again(self, now: float) -> None:
        self._state.blind = False
        self._say_all(VillageState.SERVED, LinkState.UP, now, "pipeline is back")
        for link, known in self._state.links.items():
            self._say_link(link, LinkHeld(known.state, now, known.reason, known.incident))
        for village, held in self._state.villages.items():
            self._say_village(village, VillageHeld(held.state, now, held.reason, held.incident))

    def _unknown_villages(self, links: Mapping[str, LinkHeld]) -> dict[str, VillageHeld]:
        """Return the villages none of whose links is known to be up."""
        found = {}
        for link in self._state.unknown:
            village = self._network.links[link].village
            if village in found:
                continue
            held = [links.get(each) for each in self._network.links_of_village[village]]
            unknown = [
                each for each in held if each is not None and each.state is LinkState.UNKNOWN
            ]
            if len(unknown) == len(held):
                since = max(each.since for each in unknown)
                found[village] = VillageHeld(VillageState.UNKNOWN, since, "unknown")
        return found

    def _tell_links(self, links: dict[str, LinkHeld]) -> None:
        for link, held in self._changes(self._state.links, links):
            up = LinkHeld(LinkState.UP, self._ended(link), "recovered")
            self._say_link(link, held or up)
        self._state.links = links

    def _tell_villages(self, villages: dict[str, VillageHeld]) -> None:
        for village, held in self._changes(self._state.villages, villages):
            served = VillageHeld(VillageState.SERVED, self._ended(village), "recovered")
            self._say_village(village, held or served)
        self._state.villages = villages

    def _changes(
        self, before: Mapping[str, Held], after: Mapping[str, Held]
    ) -> Iterable[tuple[str, Held | None]]:
        for code in sorted(before.keys() | after.keys()):
            old, new = before.get(code), after.get(code)
            if new is None or old is None:
                yield code, new
            elif old.state is not new.state:
                # What was worse until now is not unsaid by what remains.
                new.after = self._incidents.ends.get(code, 0.0)
                new.since = max(new.since, new.after)
                yield code, new
            elif self._took_over(code, old, new):
                # What the one before it did until its end stays its own.
                new.after = new.since = self._incidents.ends[code]
                yield code, new
            else:
                new.after = old.after
                new.since = max(new.since, new.after)
                earlier = new.since < old.since - _SLACK_SECONDS
                if not earlier:
                    new.since = old.since
                if earlier or new.incident != old.incident:
                    yield code, new

    def _took_over(self, code: str, old: Held, new: Held) -> bool:
        """Whether one incident impairs a place further, now that another one has ended."""
        ended = old.incident is not None and old.incident not in self._state.incidents
        end = self._incidents.ends.get(code, 0.0)
        return ended and new.incident != old.incident and end > old.since + _SLACK_SECONDS

    def _ended(self, place: str) -> float:
        """Return when what impaired a place ended; now if nothing did."""
        return self._incidents.ends.get(place, self._state.watermark)

    # -- saying ---------------------------------------------------------------------

    def _say_all(
        self,
        village: VillageState,
        link: LinkState,
        since: float,
        reason: str,
        incident: str | None = None,
    ) -> None:
        said = UNHEARD if link is LinkState.UNKNOWN else reason
        self._say_link(EVERY, LinkHeld(link, since, said, incident))
        self._say_village(EVERY, VillageHeld(village, since, reason, incident))

    def _say_link(self, link: str, held: LinkHeld) -> None:
        self._voice.say(
            LinkNotice(self._voice.now, link, held.state, held.since, held.reason, held.incident)
        )

    def _say_village(self, village: str, held: VillageHeld) -> None:
        self._voice.say(
            VillageNotice(
                self._voice.now, village, held.state, held.since, held.reason, held.incident
            )
        )
