"""A declared adapter: what a YAML file says, done."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from gateway.adapters.bodies import Bodies
from gateway.adapters.conversion import shown
from gateway.adapters.coverage import CONDITION, REFUSED, Leaf, Reads, leaves, written
from gateway.adapters.decoders.shelf import Shelf
from gateway.adapters.errors import RefusedError
from gateway.adapters.findings import Fate, Findings
from gateway.adapters.records import RecordMaker
from gateway.adapters.route import split_route
from gateway.adapters.schema import AdapterFile, Match, Message, Report
from gateway.adapters.values import holds
from gateway.translation import Ignored, Incoming, Outcome, RefusalReason

_MOST_ITEMS: Final = 1000
"""Items that one message may have, as many as reports in the wire contract."""
_UNKNOWN: Final = "not known, so refused"


class DeclaredAdapter:
    """Translates the messages of one foreign system, as its file says.

    Attributes:
        name: its name in routes and commands.
        about: what it is for, for people.
        system: whose names of devices these are.
        topics: the MQTT topic filters that it wants.
        messages: the kinds of message it knows.
    """

    def __init__(self, file: AdapterFile, shelf: Shelf) -> None:
        self.name = file.adapter
        self.about = file.about
        self.system = file.system or file.adapter
        self.topics = file.topics
        self.messages = tuple(
            message.model_copy(
                update={"reports": tuple(one.with_part(file.parts) for one in message.reports)}
            )
            for message in file.messages
        )
        self._shelf = shelf

    def translate(self, incoming: Incoming) -> Outcome:
        """Return what becomes of a message; it never raises."""
        return self._found(incoming, Findings()).outcome()

    def examine(self, incoming: Incoming) -> Findings:
        """Return what becomes of a message, field by field; it never raises."""
        return self._found(incoming, Findings(fates=[]))

    def _found(self, incoming: Incoming, findings: Findings) -> Findings:
        try:
            self._examine(incoming, findings)
        except RefusedError as error:
            findings.refuse(error, findings.only_device)
        except RecursionError:
            deep = RefusedError(RefusalReason.OVERSIZE, "the body is nested too deeply")
            findings.refuse(deep, findings.only_device)
        except Exception as error:  # noqa: BLE001 - one message must never stop the others
            said = f"{type(error).__name__}: {error}"
            findings.refuse(RefusedError(RefusalReason.UNDECODABLE, said), findings.only_device)
        return findings

    def _examine(self, incoming: Incoming, findings: Findings) -> None:
        if incoming.channel == "mqtt" and not incoming.body:
            because = "an empty payload only deletes what the broker has kept"
            findings.ignored.append(Ignored("empty", because))
            return
        message, root, reads = self._message(incoming)
        findings.message = message.message
        if message.ignored is not None:
            findings.ignored.append(Ignored(message.message, message.ignored))
            return
        maker = RecordMaker(self.system, self._shelf, incoming, findings, message.message)
        in_items: dict[Leaf, Reads] = {}
        for report in message.reports:
            for place, seen in _items(report, root):
                noted = reads if place is None else in_items.setdefault(place, Reads(reads))
                if _is_meant(report, seen, noted, in_item=place is not None):
                    maker.make(report, seen, noted)
                    _leave_out(report, noted)
        _leave_out(message, reads)
        _account(root["body"], reads, in_items, findings)
        if findings.is_empty:
            findings.ignored.append(Ignored(message.message, "nothing in it is a reading"))

    def _message(self, incoming: Incoming) -> tuple[Message, dict[str, Any], Reads]:
        """Return the first kind of message that this is, and what expressions see of it."""
        bodies = Bodies(incoming.body)
        where, query = _where(incoming)
        unreadable: RefusedError | None = None
        for message in self.messages:
            for match in message.match:
                names = _names(match, incoming.channel, where)
                if names is None:
                    continue
                try:
                    body = bodies.read(message.body)
                except RefusedError as error:
                    unreadable = unreadable or error
                    break
                root = _root(incoming, names, query, body)
                reads = Reads()
                if holds(match.condition, root, reads):
                    return message, root, reads
        if unreadable is not None:
            raise unreadable
        kind = "topic" if incoming.channel == "mqtt" else "route"
        raise RefusedError(
            RefusalReason.UNKNOWN_MESSAGE,
            f"no message of adapter {self.name} is of {kind} {shown(incoming.where)} and has "
            f"what is in the body: {_outline(bodies)}",
        )


def _where(incoming: Incoming) -> tuple[str, dict[str, str]]:
    return split_route(incoming.where) if incoming.channel == "http" else (incoming.where, {})


def _names(match: Match, channel: Literal["http", "mqtt"], where: str) -> dict[str, str] | None:
    """Return what stands in a topic or route, or None if another one is meant."""
    pattern = match.topic if channel == "mqtt" else match.route
    if pattern is not None:
        return pattern.match(where)
    anywhere = match.topic is None and match.route is None
    return {} if anywhere else None


def _root(
    incoming: Incoming, names: dict[str, str], query: dict[str, str], body: object
) -> dict[str, Any]:
    """Return what expressions see."""
    mqtt = incoming.channel == "mqtt"
    return {
        "body": body,
        "topic": names if mqtt else {},
        "route": {} if mqtt else names,
        "query": query,
        "header": dict(incoming.headers),
    }


def _items(
    report: Report, root: Mapping[str, Any]
) -> Iterator[tuple[Leaf | None, Mapping[str, Any]]]:
    """Yield each item that a report is made of, with its place in the body."""
    if report.for_each is None or report.for_each.path is None:
        yield None, root
        return
    items = report.for_each(root)
    place: Leaf = report.for_each.path[1:]
    if report.key is not None:
        yield place, {**root, "each": items, "key": report.key(root)}
        return
    pairs = list(
        items.items()
        if isinstance(items, dict)
        else enumerate(items if isinstance(items, list) else ())
    )
    if len(pairs) > _MOST_ITEMS:
        raise RefusedError(
            RefusalReason.OVERSIZE,
            f"{report.for_each.text}: {len(pairs)} items; at most {_MOST_ITEMS}",
        )
    for key, item in pairs:
        yield (*place, key), {**root, "each": item, "key": key}


def _is_meant(report: Report, seen: Mapping[str, Any], reads: Reads, *, in_item: bool) -> bool:
    if report.condition is None or not in_item:
        return holds(report.condition, seen, reads)
    # An item that a condition only looked at, and turned down, is known to nobody by that.
    meant = holds(report.condition, seen, Reads())
    if meant:
        reads.note(report.condition, CONDITION)
    return meant


def _leave_out(what: Report | Message, reads: Reads) -> None:
    for ignore in what.ignore:
        for pattern in ignore.patterns:
            reads.leave_out(pattern, ignore.because)


def _account(
    body: object, reads: Reads, in_items: Mapping[Leaf, Reads], findings: Findings
) -> None:
    """Note what became of each field of the body, and refuse those that nobody knows of."""
    lengths = sorted({len(place) for place in in_items})
    unknown: list[str] = []
    for leaf, value in leaves(body):
        fate = reads.fate_of(("body", *leaf))
        for length in lengths:
            inner = in_items.get(leaf[:length]) if fate is None else None
            if inner is not None:
                fate = inner.fate_of(("each", *leaf[length:]))
        if findings.fates is not None:
            taken = fate is not None and not fate.startswith(REFUSED)
            findings.fates.append(Fate(written(leaf), value, fate or _UNKNOWN, taken))
        if fate is None:
            unknown.append(f"{written(leaf)} ({shown(value)})")
    if unknown:
        error = RefusedError(RefusalReason.UNKNOWN_FIELD, _enough(unknown))
        findings.refuse(error, findings.only_device)


def _enough(unknown: list[str]) -> str:
    told = 20
    more = f" and {len(unknown) - told} more" if len(unknown) > told else ""
    return ", ".join(unknown[:told]) + more


def _outline(bodies: Bodies) -> str:
    try:
        body = bodies.read("json")
    except RefusedError:
        return "no JSON"
    if isinstance(body, dict):
        return shown(list(body)[:8])
    return f"a JSON {type(body).__name__}"
