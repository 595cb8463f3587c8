"""Pieces: a place's timeline with the cause of all that is down, agreed maintenance cut out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules.books.causes import Cause, cause_of
from rules.books.ledger import Piece
from rules.books.scopes import Topology
from rules.books.spans import Span, merge, split
from rules.books.timeline import Held, Stretch, held, without_any
from rules.books.windows import Scope
from rules.model import VillageState


@dataclass(frozen=True, slots=True)
class Blame:
    """What an incident says of the cause, after mergers."""

    root: tuple[str, ...]
    root_kind: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the spells.

    Attributes:
        agreed: when each scope was in agreed maintenance.
        blames: of incidents, by name.
    """

    topology: Topology
    agreed: Mapping[Scope, list[Span]] = field(default_factory=dict)
    blames: Mapping[str, Blame] = field(default_factory=dict)

    def village_pieces(
        self, code: str, stretches: Sequence[Stretch], links: Sequence[Sequence[Stretch]]
    ) -> list[Piece]:
        """Return the pieces of a village.

        Work in progress leaves a village without service only while none of its links is seen to
        work: the state does not say so, its links do.

        Args:
            code: the village.
            stretches: its timeline.
            links: those of its links, over the same span.
        """

        def cause(blame: Blame) -> Cause:
            return cause_of(blame.root_kind, fed=self.topology.feeds(blame.root, code))

        pieces: list[Piece] = []
        for stretch in stretches:
            if stretch.state == VillageState.MAINTENANCE:
                for (start, end), dark in split(stretch.span, without_any(links, stretch.span)):
                    part = Stretch(start, end, stretch.state, stretch.incident)
                    surroundings = self.topology.surroundings(code)
                    pieces += (
                        self._down(part, surroundings, cause)
                        if dark
                        else [Piece(start, end, Held.DEGRADED)]
                    )
            else:
                pieces += self._pieces(stretch, code, cause, self.topology.surroundings)
        return pieces

    def link_pieces(self, code: str, stretches: Sequence[Stretch]) -> list[Piece]:
        """Return the pieces of a link, from its timeline."""
        link = self.topology.links[code]

        def cause(blame: Blame) -> Cause:
            fed = self.topology.feeds(blame.root, link.village)
            return cause_of(blame.root_kind, fed=fed, mobile=link.mobile)

        pieces: list[Piece] = []
        for stretch in stretches:
            pieces += self._pieces(stretch, code, cause, self.topology.scopes)
        return pieces

    def _pieces(
        self,
        stretch: Stretch,
        code: str,
        cause: Callable[[Blame], Cause],
        scopes: Callable[[str], frozenset[Scope]],
    ) -> Iterator[Piece]:
        state = held(stretch.state)
        if state is Held.DOWN:
            yield from self._down(stretch, scopes(code), cause)
        else:
            yield Piece(stretch.start, stretch.end, state)

    def _down(
        self, stretch: Stretch, surroundings: frozenset[Scope], cause: Callable[[Blame], Cause]
    ) -> Iterator[Piece]:
        blame = self.blames.get(stretch.incident or "")
        why = Cause.UNKNOWN if blame is None else cause(blame)
        for (start, end), agreed in split(stretch.span, self._agreed(stretch, blame, surroundings)):
            yield Piece(start, end, Held.DOWN, Cause.MAINTENANCE if agreed else why)

    def _agreed(
        self, stretch: Stretch, blame: Blame | None, surroundings: frozenset[Scope]
    ) -> list[Span]:
        """Return when what took the place down was in agreed maintenance.

        A window counts if the root lies within it; where the engine itself said maintenance, also
        if anything that the place depends on does.
        """
        scopes: set[Scope] = set()
        if blame is not None:
            scopes.update(*(self.topology.scopes(code) for code in blame.root))
        if stretch.state == VillageState.MAINTENANCE:
            scopes |= surroundings
        return merge(span for scope in scopes for span in self.agreed.get(scope, ()))
