"""What must hold between the objects of an inventory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple

from province.devices import Device
from province.topology import Link, Node

Entry = tuple[int, Any]
"""A line number and the record on that line."""

_REFERENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "province": {},
    "operator": {},
    "commune": {"province": "province"},
    "village": {"commune": "commune"},
    "node": {"parents": "node", "power_node": "node", "operator": "operator", "commune": "commune"},
    "link": {"village": "village", "operator": "operator", "node": "node"},
    "device": {
        "commune": "commune",
        "village": "village",
        "link": "link",
        "node": "node",
        "power_node": "node",
    },
}
"""By type: its fields that hold codes, and what type of object each names."""


class Problem(NamedTuple):
    """One problem: at which line, with which object, and what."""

    line: int
    subject: str
    message: str


Index = Mapping[str, Mapping[str, Entry]]
"""Type, then code, to the first entry of that code."""


def subject(kind: object, code: object) -> str:
    """Return how a message names an object, such as `device '22015-v01-p1'`."""
    words = [str(kind) if isinstance(kind, str) else "object"]
    return " ".join([*words, repr(code)] if isinstance(code, str) else words)


def check(
    entries: Sequence[Entry], broken: AbstractSet[tuple[str, str]] = frozenset()
) -> list[Problem]:
    """Return every problem between the objects, in no particular order.

    Args:
        entries: the objects that are valid in themselves.
        broken: type and code of those that are not, so that one slip in a commune does not
            have all its villages reported as well.
    """
    index: dict[str, dict[str, Entry]] = {kind: {} for kind in _REFERENCES}
    problems = [*_duplicates(entries, index), *_shared_aliases(entries)]
    for line, record in entries:
        messages = [*_dangling(record, index, broken), *_disagreements(record, index)]
        named = subject(record.type, record.code)
        problems += [Problem(line, named, message) for message in messages]
    problems += _cycles(index["node"])
    return problems


def _duplicates(entries: Iterable[Entry], index: dict[str, dict[str, Entry]]) -> Iterator[Problem]:
    for entry in entries:
        line, record = entry
        first, _ = index[record.type].setdefault(record.code, entry)
        if first != line:
            yield Problem(line, subject(record.type, record.code), f"code is taken by line {first}")


def _shared_aliases(entries: Iterable[Entry]) -> Iterator[Problem]:
    """Yield each alias that does not name one device alone."""
    owners: dict[str, int] = {}
    for line, record in entries:
        if isinstance(record, Device):
            for alias in record.aliases:
                first = owners.setdefault(alias, line)
                if first != line:
                    message = f"aliases: {alias!r} is taken by line {first}"
                    yield Problem(line, subject(record.type, record.code), message)


def _dangling(
    record: Any,  # noqa: ANN401 - one of seven records
    index: Index,
    broken: AbstractSet[tuple[str, str]],
) -> Iterator[str]:
    for field, kind in _REFERENCES[record.type].items():
        value = getattr(record, field)
        codes = value if isinstance(value, tuple) else () if value is None else (value,)
        for code in codes:
            if code not in index[kind] and (kind, code) not in broken:
                yield f"{field}={code!r}: there is no such {kind}"


def _disagreements(record: Any, index: Index) -> Iterator[str]:  # noqa: ANN401 - one of seven records
    if (getattr(record, "lat", None) is None) != (getattr(record, "lon", None) is None):
        yield "lat and lon go together: give both or neither"
    if isinstance(record, Node | Device):
        _, power = index["node"].get(record.power_node or "", (0, None))
        if power is not None and not power.kind.supplies_power:
            yield f"power_node={record.power_node!r}: a node of kind {power.kind} feeds nobody"
    if isinstance(record, Node) and len(set(record.parents)) < len(record.parents):
        yield "parents: a node stands there twice"
    if isinstance(record, Device):
        if len(set(record.aliases)) < len(record.aliases):
            yield "aliases: one stands there twice"
        yield from _misplacements(record, index)


def _misplacements(device: Device, index: Index) -> Iterator[str]:
    # A device whose topic names another commune than its village would be refused by ingest.
    _, village = index["village"].get(device.village or "", (0, None))
    if village is not None and village.commune != device.commune:
        yield (
            f"commune={device.commune!r}: its village {village.code!r} lies in {village.commune!r}"
        )
    link: Link | None
    _, link = index["link"].get(device.link or "", (0, None))
    if link is not None and device.village is not None and link.village != device.village:
        yield f"village={device.village!r}: its link {link.code!r} serves {link.village!r}"


def _cycles(nodes: Mapping[str, Entry]) -> Iterator[Problem]:
    """Yield each cycle of the topology once, at the first of its lines."""
    upstream = {code: _upstream(node, nodes) for code, (_, node) in nodes.items()}
    seen: set[str] = set()
    for start in upstream:
        path: dict[str, None] = {}
        pending = [(start, False)]
        while pending:
            code, finished = pending.pop()
            if finished:
                del path[code]
            elif code in path:
                yield _cycle([*path], code, nodes)
            elif code not in seen:
                seen.add(code)
                path[code] = None
                pending.append((code, True))
                pending += [(parent, False) for parent in upstream[code]]


def _upstream(node: Node, nodes: Mapping[str, Entry]) -> list[str]:
    codes = [*node.parents, *([node.power_node] if node.power_node else [])]
    return [code for code in codes if code in nodes]


def _cycle(path: list[str], again: str, nodes: Mapping[str, Entry]) -> Problem:
    members = path[path.index(again) :]
    first = min(members, key=lambda code: nodes[code][0])
    turn = members.index(first)
    ring = [*members[turn:], *members[:turn], first]
    return Problem(
        nodes[first][0], subject("node", first), f"depends on itself: {' -> '.join(ring)}"
    )
